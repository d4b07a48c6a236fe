"""Delete an account with everything that it has."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from application.access.credentials import Credentials
from application.access.login_throttle import LoginThrottle
from application.ports.passwords import Passwords
from application.ports.storage import BeginRead, BeginTransaction
from application.ports.users import UserChange
from domain.access import OwnerId, Principal, UserId, owner_of
from domain.errors import Forbidden, InvalidInput

Settle = Callable[[], Awaitable[None]]


async def nothing_to_settle() -> None:
    """Where every call is in the ledger when it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAccount:
    """The usage ledger keeps its numbers, which are nobody's from then on; the audit log keeps what was done.

    `settle` has written down what is used when it returns.
    """

    begin: BeginTransaction
    read: BeginRead
    passwords: Passwords
    throttle: LoginThrottle
    credentials: Credentials
    settle: Settle = nothing_to_settle

    async def __call__(self, principal: Principal, *, confirm: str, password: str | None) -> None:
        """Everything of the caller's. `confirm` is their name, or `local` for the local owner, who stays but empty.

        Runs under way are stopped when they next write, in vain. A password is asked of those who have one. Raise
        InvalidInput (`confirm`), Forbidden for a wrong password, TooManyAttempts.
        """
        if principal.user_id is None:
            if confirm != principal.owner:
                raise InvalidInput("confirm", f"must be {principal.owner!r}, to delete everything that it has")
            return await self._erase(principal.owner)
        async with self.read() as tx:
            user = await tx.users.get(principal.user_id)
        if confirm != user.name:
            raise InvalidInput("confirm", "must be your name, to delete everything that you have")
        await self.throttle.attempt(user.name, "")
        if user.password_hash and not await self.passwords.verify(password or "", user.password_hash):
            raise Forbidden("The password is another one")
        await self.of_user(user.id)

    async def of_user(self, id: UserId) -> None:
        """Everything of this user's. Raise UserNotFound."""
        async with self.begin() as tx:
            await tx.users.change(id, UserChange(enabled=False))
            await tx.logins.end_all(id)
            await tx.commit()
        self.credentials.forget()  # who is in the middle of something is thrown out before it is all deleted
        await self._erase(owner_of(id), id)

    async def _erase(self, owner: OwnerId, user_id: UserId | None = None) -> None:
        await self.settle()
        async with self.begin() as tx:
            await tx.owned.erase(owner)
            if user_id is not None:
                await tx.users.delete(user_id)
            await tx.commit()
        self.credentials.forget()
