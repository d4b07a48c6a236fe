"""Take an invitation back."""

from dataclasses import dataclass

from application.ports.storage import BeginTransaction
from domain.user import InvitationId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteInvitation:
    begin: BeginTransaction

    async def __call__(self, id: InvitationId) -> None:
        """Who has used it stays. Raise InvitationNotFound."""
        async with self.begin() as tx:
            await tx.invitations.delete(id)
            await tx.commit()
