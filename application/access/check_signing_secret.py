"""Make sure that all who share a store sign tokens with the same secret."""

from dataclasses import dataclass

from application.ports.storage import BeginTransaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSigningSecret:
    begin: BeginTransaction

    async def __call__(self, fingerprint: str, *, accept: bool = False) -> bool:
        """Whether it is the one that the first who came had; with `accept` it is from now on.

        Where it is not, people would be let in by one replica and thrown out by the next.
        """
        async with self.begin() as tx:
            if accept:
                await tx.signing_secret.replace(fingerprint)
            same = await tx.signing_secret.kept(fingerprint) == fingerprint
            await tx.commit()
        return same
