"""Look at who one is here."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class GetAccount:
    read: BeginRead

    async def __call__(self, principal: Principal) -> User | None:
        """The user, or None where the caller is the local owner."""
        if principal.user_id is None:
            return None
        async with self.read() as tx:
            return await tx.users.get(principal.user_id)
