"""Invite somebody to register."""

from dataclasses import dataclass
from datetime import timedelta

from application.access.secret_hash import secret_hash
from application.ports.chance import NewSecret
from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.errors import Forbidden
from domain.user import Invitation, Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteUser:
    begin: BeginTransaction
    new_secret: NewSecret
    now: Now
    registration: Registration

    async def __call__(self, *, makes_admin: bool, lasts_seconds: float) -> tuple[Invitation, str]:
        """The invitation and its code, which nobody sees again; it is good for one registration.

        Raise Forbidden where nobody may register.
        """
        if self.registration is Registration.CLOSED:
            raise Forbidden("Nobody may register here, invited or not; set PARLEY_REGISTRATION=invited")
        code, at = self.new_secret(), self.now()
        expires_at = at + timedelta(seconds=lasts_seconds)
        async with self.begin() as tx:
            invitation = await tx.invitations.add(
                secret_hash(code), makes_admin=makes_admin, at=at, expires_at=expires_at
            )
            await tx.commit()
        return invitation, code
