"""The two tokens of a login: a short-lived one to ask with, and one to get the next pair with, good once."""

from dataclasses import dataclass, replace
from datetime import timedelta

from application.access.secret_hash import is_hash_of, secret_hash
from application.ports.access_tokens import AccessTokens, TokenClaims
from application.ports.chance import NewSecret
from application.ports.clock import Now
from domain.access import LoginId, UserId
from domain.errors import Unauthenticated
from domain.user import Login

PREFIX = "rt_"


@dataclass(frozen=True, slots=True)
class TokenPair:
    user_id: UserId
    access_token: str
    refresh_token: str
    expires_in_seconds: int
    login_seconds: int
    """What is left of the login, and so of the refresh token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginTokens:
    tokens: AccessTokens
    new_secret: NewSecret
    now: Now
    access_seconds: float
    login_seconds: float

    def begin(self, user_id: UserId) -> tuple[Login, TokenPair]:
        """A login to be stored, and its first tokens."""
        at = self.now()
        expires_at = at + timedelta(seconds=self.login_seconds)
        id, secret = LoginId(self.new_secret()), self.new_secret()
        hashed = secret_hash(secret)
        login = Login(id=id, user_id=user_id, refresh_hash=hashed, created_at=at, expires_at=expires_at)
        return login, self._pair(login, secret)

    def rotated(self, login: Login, secret: str) -> tuple[Login, TokenPair]:
        """The login with the refresh token that follows the one with this secret, and that token."""
        following = self.tokens.successor(secret)
        rotated = replace(login, refresh_hash=secret_hash(following), rotated_at=self.now())
        return rotated, self._pair(login, following)

    def again(self, login: Login, secret: str, *, within: timedelta) -> TokenPair | None:
        """What the refresh token with this secret has given already, if it was the last one used, and lately."""
        following = self.tokens.successor(secret)
        at = login.rotated_at
        if at is None or self.now() - at > within or not is_hash_of(following, login.refresh_hash):
            return None
        return self._pair(login, following)

    def _pair(self, login: Login, secret: str) -> TokenPair:
        at = self.now()
        expires_at = min(at + timedelta(seconds=self.access_seconds), login.expires_at)
        access = self.tokens.issue(TokenClaims(login.user_id, login.id, expires_at), at=at)
        lasts = int((expires_at - at).total_seconds())
        left = int((login.expires_at - at).total_seconds())
        return TokenPair(login.user_id, access, f"{PREFIX}{login.id}.{secret}", lasts, left)


def parts_of(refresh_token: str) -> tuple[LoginId, str]:
    """The login that a refresh token names, and its secret. Raise Unauthenticated when it is not shaped like one."""
    id, dot, secret = refresh_token.removeprefix(PREFIX).partition(".")
    if not refresh_token.startswith(PREFIX) or not dot or len(refresh_token) > 500:
        raise Unauthenticated("That refresh token is not valid here, or not any more")
    return LoginId(id), secret
