"""Look at the invitations that were given out."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.user import Invitation, InvitationId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInvitations:
    read: BeginRead

    async def __call__(self, *, before: InvitationId | None, limit: int) -> tuple[list[Invitation], bool]:
        """Newest first, at most `limit`, and whether there are more."""
        async with self.read() as tx:
            page = await tx.invitations.page(before=before, limit=limit + 1)
        return page[:limit], len(page) > limit
