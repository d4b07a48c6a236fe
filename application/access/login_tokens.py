"""The two tokens of a login: a short-lived one to ask with, and one to get the next pair with, good once."""

from dataclasses import dataclass, replace
from datetime import timedelta

from application.access.secret_hash import secret_hash
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
        id = LoginId(self.new_secret())
        return self.rotated(Login(id=id, user_id=user_id, refresh_hash="", created_at=at, expires_at=expires_at))

    def rotated(self, login: Login) -> tuple[Login, TokenPair]:
        """The login with the next refresh token, and that token."""
        secret, at = self.new_secret(), self.now()
        expires_at = min(at + timedelta(seconds=self.access_seconds), login.expires_at)
        access = self.tokens.issue(TokenClaims(login.user_id, login.id, expires_at), at=at)
        pair = TokenPair(login.user_id, access, f"{PREFIX}{login.id}.{secret}", int((expires_at - at).total_seconds()))
        return replace(login, refresh_hash=secret_hash(secret)), pair


def parts_of(refresh_token: str) -> tuple[LoginId, str]:
    """The login that a refresh token names, and its secret. Raise Unauthenticated when it is not shaped like one."""
    id, dot, secret = refresh_token.removeprefix(PREFIX).partition(".")
    if not refresh_token.startswith(PREFIX) or not dot or len(refresh_token) > 500:
        raise Unauthenticated("That refresh token is not valid here, or not any more")
    return LoginId(id), secret
