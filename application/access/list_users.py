"""Look at who has an account."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import UserId
from domain.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsers:
    read: BeginRead

    async def __call__(self, *, after: UserId | None, limit: int) -> tuple[list[User], bool]:
        """Oldest first, at most `limit`, and whether there are more."""
        async with self.read() as tx:
            page = await tx.users.page(after=after, limit=limit + 1)
        return page[:limit], len(page) > limit
