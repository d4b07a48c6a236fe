"""Get the next pair of tokens for a refresh token, which is good once."""

import hmac
from dataclasses import dataclass

from application.access.credentials import Credentials
from application.access.login_tokens import LoginTokens, TokenPair, parts_of
from application.access.secret_hash import secret_hash
from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.access import UserId
from domain.errors import Unauthenticated


class TokenReused(Unauthenticated):
    """The whole login has ended."""

    def __init__(self, user_id: UserId) -> None:
        super().__init__("That refresh token was used before, so this login has ended: log in again")
        self.user_id = user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshLogin:
    begin: BeginTransaction
    tokens: LoginTokens
    credentials: Credentials
    now: Now

    async def __call__(self, refresh_token: str) -> TokenPair:
        """Raise Unauthenticated, or TokenReused: one that comes twice is in two hands."""
        id, secret = parts_of(refresh_token)
        async with self.begin() as tx:
            login = await tx.logins.get(id)
            if login is None or login.expires_at <= self.now():
                raise Unauthenticated("That refresh token is not valid here, or not any more")
            if reused := not hmac.compare_digest(login.refresh_hash, secret_hash(secret)):
                await tx.logins.end(id)
            elif not (await tx.users.get(login.user_id)).enabled:
                raise Unauthenticated("That refresh token is not valid here, or not any more")
            login, pair = self.tokens.rotated(login)
            if not reused:
                await tx.logins.rotate(id, refresh_hash=login.refresh_hash)
            await tx.commit()
        if reused:
            self.credentials.forget()
            raise TokenReused(login.user_id)
        return pair
