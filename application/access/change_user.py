"""Enable or disable a user, give them another password, or make them an admin."""

from dataclasses import dataclass

from application.access.credentials import Credentials
from application.ports.passwords import Passwords
from application.ports.storage import BeginRead, BeginTransaction
from application.ports.users import UserChange
from domain.access import Principal, UserId
from domain.errors import InvalidInput
from domain.user import User, checked_password


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUser:
    begin: BeginTransaction
    read: BeginRead
    passwords: Passwords
    credentials: Credentials

    async def __call__(
        self,
        principal: Principal,
        id: UserId,
        *,
        enabled: bool | None = None,
        is_admin: bool | None = None,
        password: str | None = None,
    ) -> User:
        """Who is disabled or gets another password is logged out everywhere; keys of the disabled are good for nothing.

        Raise UserNotFound, or InvalidInput: of themselves nobody takes the last rights away.
        """
        if id == principal.user_id:
            raise InvalidInput("id", "is your own; another admin must do this")
        async with self.read() as tx:
            user = await tx.users.get(id)
        password_hash = None
        if password is not None:
            password_hash = await self.passwords.hash(checked_password(password, name=user.name))
        async with self.begin() as tx:
            user = await tx.users.change(id, UserChange(password_hash, is_admin, enabled))
            if password_hash or not user.enabled:
                await tx.logins.end_all(id)
            await tx.commit()
        self.credentials.forget()
        return user
