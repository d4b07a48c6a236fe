"""Register a user."""

from dataclasses import dataclass

from application.access.admission import Admission, admit
from application.access.login_throttle import LoginThrottle
from application.ports.clock import Now
from application.ports.passwords import Passwords
from application.ports.storage import BeginRead, BeginTransaction
from domain.user import User, checked_name, checked_password


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUser:
    begin: BeginTransaction
    read: BeginRead
    passwords: Passwords
    throttle: LoginThrottle
    now: Now
    admission: Admission

    async def __call__(self, name: str, password: str, *, invitation: str | None, address: str, is_local: bool) -> User:
        """The first user is an admin: from the server's own machine (`is_local`), or with the setup code.

        Raise InvalidInput, Forbidden, NameTaken, TooManyAttempts.
        """
        plain = checked_name(name)
        checked_password(password, name=plain)
        async with self.read() as tx:
            users = len(await tx.users.page(after=None, limit=1))
            admitted = await admit(tx, self.admission, invitation, users=users, is_local=is_local)
        if admitted.invitation is None:
            await self.throttle.attempt("", address)
        password_hash = await self.passwords.hash(password)
        async with self.begin() as tx:
            users = await tx.users.hold()
            admitted = await admit(tx, self.admission, invitation, users=users, is_local=is_local)
            user = await tx.users.add(plain, password_hash, is_admin=admitted.is_admin, at=self.now())
            if admitted.invitation:
                await tx.invitations.use(admitted.invitation.id, by=user.id)
            await tx.commit()
        return user
