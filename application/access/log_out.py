"""End a login: neither of its tokens is good any more."""

from dataclasses import dataclass

from application.access.credentials import Credentials
from application.ports.storage import BeginTransaction
from domain.access import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOut:
    begin: BeginTransaction
    credentials: Credentials

    async def __call__(self, principal: Principal) -> None:
        """The login that the caller asks with; who has none is logged out already."""
        if principal.login_id is None:
            return
        async with self.begin() as tx:
            await tx.logins.end(principal.login_id)
            await tx.commit()
        self.credentials.forget()
