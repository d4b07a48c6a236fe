"""Revoke an API key."""

from dataclasses import dataclass

from application.access.credentials import Credentials
from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.access import KeyId, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApiKey:
    begin: BeginTransaction
    credentials: Credentials
    now: Now

    async def __call__(self, principal: Principal, id: KeyId) -> None:
        """It is good for nothing from now on: here at once, in other processes within 30 seconds. Raise KeyNotFound."""
        async with self.begin() as tx:
            await tx.api_keys.revoke(id, owner=principal.owner, at=self.now())
            await tx.commit()
        self.credentials.forget()
