"""Log in with a name and a password."""

from dataclasses import dataclass

from application.access.login_throttle import LoginThrottle
from application.access.login_tokens import LoginTokens, TokenPair
from application.ports.passwords import Passwords
from application.ports.storage import BeginRead, BeginTransaction
from domain.errors import InvalidInput, Unauthenticated, UserNotFound
from domain.user import User, checked_name

MOST_LOGINS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    begin: BeginTransaction
    read: BeginRead
    passwords: Passwords
    throttle: LoginThrottle
    tokens: LoginTokens

    async def __call__(self, name: str, password: str, *, address: str) -> TokenPair:
        """Raise Unauthenticated, which neither by its words nor by its time says whether there is such a user, or
        TooManyAttempts. Of a user's logins the newest MOST_LOGINS stay.
        """
        try:
            plain = checked_name(name)
        except InvalidInput:
            plain = ""
        await self.throttle.attempt(plain, address)
        user = await self._find(plain)
        if not await self.passwords.verify(password, user.password_hash if user else None) or user is None:
            raise Unauthenticated("The name or the password is wrong")
        login, pair = self.tokens.begin(user.id)
        async with self.begin() as tx:
            try:
                now = await tx.users.get(user.id)
            except UserNotFound:
                now = None
            if now is None or not now.enabled or now.password_hash != user.password_hash:
                raise Unauthenticated("The name or the password is wrong")
            await tx.logins.add(login, most=MOST_LOGINS)
            await tx.commit()
        await self.throttle.succeeded(plain, address)
        return pair

    async def _find(self, name: str) -> User | None:
        async with self.read() as tx:
            return await tx.users.find(name)
