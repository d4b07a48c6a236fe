"""Change one's password."""

from dataclasses import dataclass

from application.access.credentials import Credentials
from application.access.login_throttle import LoginThrottle
from application.ports.passwords import Passwords
from application.ports.storage import BeginRead, BeginTransaction
from application.ports.users import UserChange
from domain.access import Principal
from domain.errors import Forbidden
from domain.user import checked_password


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    begin: BeginTransaction
    read: BeginRead
    passwords: Passwords
    throttle: LoginThrottle
    credentials: Credentials

    async def __call__(self, principal: Principal, current: str, new: str) -> None:
        """Every other login of the user ends; API keys stay.

        Raise Forbidden when the caller has no password or the current one is another, InvalidInput, TooManyAttempts.
        """
        if principal.user_id is None:
            raise Forbidden("Only who has logged in has a password")
        async with self.read() as tx:
            user = await tx.users.get(principal.user_id)
        if not user.password_hash:
            raise Forbidden("You sign in without a password; an admin can give you one")
        checked_password(new, name=user.name, field="new_password")
        await self.throttle.attempt(user.name, "")
        if not await self.passwords.verify(current, user.password_hash):
            raise Forbidden("The current password is another one")
        await self.throttle.succeeded(user.name, "")
        password_hash = await self.passwords.hash(new)
        async with self.begin() as tx:
            await tx.users.change(user.id, UserChange(password_hash=password_hash))
            await tx.logins.end_all(user.id, but=principal.login_id)
            await tx.commit()
        self.credentials.forget()
