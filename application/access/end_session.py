"""End the login of a refresh token, without an access token: a page signs out."""

from dataclasses import dataclass

from application.access.credentials import Credentials
from application.access.login_tokens import LoginTokens, parts_of
from application.access.secret_hash import is_hash_of
from application.ports.storage import BeginTransaction
from domain.access import UserId
from domain.errors import Unauthenticated


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    begin: BeginTransaction
    tokens: LoginTokens
    credentials: Credentials

    async def __call__(self, refresh_token: str) -> UserId | None:
        """Whose login has ended; None when the token was good for none any more.

        The token may be the one before the newest: the page may not have had the answer with that.
        """
        try:
            id, secret = parts_of(refresh_token)
        except Unauthenticated:
            return None
        async with self.begin() as tx:
            login = await tx.logins.get(id)
            if login is None or not (
                is_hash_of(secret, login.refresh_hash)
                or is_hash_of(self.tokens.tokens.successor(secret), login.refresh_hash)
            ):
                return None
            await tx.logins.end(id)
            await tx.commit()
        self.credentials.forget()
        return login.user_id
