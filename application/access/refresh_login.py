"""Get the next pair of tokens for a refresh token, which is good once."""

from dataclasses import dataclass
from datetime import timedelta

from application.access.credentials import Credentials
from application.access.login_tokens import LoginTokens, TokenPair, parts_of
from application.access.secret_hash import is_hash_of
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

    async def __call__(self, refresh_token: str, *, again_within_seconds: float = 0) -> TokenPair:
        """Raise Unauthenticated, or TokenReused: one that comes twice is in two hands.

        For `again_within_seconds` after it was used, the last one gives what it gave: two tabs of a browser may have
        sent it, or a page that was loaded anew before the answer came.
        """
        id, secret = parts_of(refresh_token)
        async with self.begin() as tx:
            login = await tx.logins.get(id)
            if login is None or login.expires_at <= self.now():
                raise Unauthenticated("That refresh token is not valid here, or not any more")
            if not (await tx.users.get(login.user_id)).enabled:
                raise Unauthenticated("That refresh token is not valid here, or not any more")
            if is_hash_of(secret, login.refresh_hash):
                login, pair = self.tokens.rotated(login, secret)
                await tx.logins.rotate(id, refresh_hash=login.refresh_hash, at=self.now())
                await tx.commit()
                return pair
            if again := self.tokens.again(login, secret, within=timedelta(seconds=again_within_seconds)):
                return again
            await tx.logins.end(id)
            await tx.commit()
        self.credentials.forget()
        raise TokenReused(login.user_id)
