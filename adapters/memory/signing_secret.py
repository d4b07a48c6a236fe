"""The fingerprint of the secret that signs tokens, in memory."""

from dataclasses import dataclass

from adapters.memory.access_tables import AccessDraft
from application.ports.signing_secret import SigningSecret


@dataclass(frozen=True, slots=True)
class MemorySigningSecret(SigningSecret):
    draft: AccessDraft

    async def kept(self, fingerprint: str) -> str:
        return self.draft.rows.signing_secret.setdefault(1, fingerprint)

    async def replace(self, fingerprint: str) -> None:
        self.draft.rows.signing_secret[1] = fingerprint
