"""Access tokens as JSON Web Tokens: one algorithm, issuer, audience and key, whatever a token says of itself."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import jwt

from application.ports.access_tokens import AccessTokens, TokenClaims
from domain.access import LoginId, UserId
from domain.errors import Unauthenticated

ALGORITHM = "HS256"
NAME = "parley"
REQUIRED = ["exp", "iat", "nbf", "aud", "iss", "sub", "sid"]
LONGEST = 2_000


class JwtAccessTokens(AccessTokens):
    """`secret` signs; `kid` is a fingerprint of it, so that a token of an older secret is refused by its name."""

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.sha256(b"parley access tokens" + secret).digest()
        self._refresh_key = hashlib.sha256(b"parley refresh tokens" + secret).digest()
        self.kid = hashlib.sha256(self._key).hexdigest()[:16]

    @property
    def fingerprint(self) -> str:
        """Of the secret; nobody finds the secret by it."""
        return self.kid

    def issue(self, claims: TokenClaims, *, at: datetime) -> str:
        payload = {
            "iss": NAME,
            "aud": NAME,
            "sub": str(claims.user_id),
            "sid": claims.login_id,
            "iat": at,
            "nbf": at,
            "exp": claims.expires_at,
        }
        return jwt.encode(payload, self._key, ALGORITHM, headers={"kid": self.kid})

    def successor(self, secret: str) -> str:
        made = hmac.digest(self._refresh_key, secret.encode("utf-8", "surrogatepass"), "sha256")
        return urlsafe_b64encode(made).decode().rstrip("=")

    def read(self, token: str) -> TokenClaims:
        try:
            payload = self._decoded(token)
            return TokenClaims(
                UserId(int(payload["sub"])), LoginId(str(payload["sid"])), datetime.fromtimestamp(payload["exp"], UTC)
            )
        except (jwt.PyJWTError, ValueError, OverflowError) as error:
            raise Unauthenticated("That access token is not valid here, or not any more") from error

    def _decoded(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST:
            raise jwt.DecodeError("too long")
        if jwt.get_unverified_header(token).get("kid") != self.kid:
            raise jwt.InvalidKeyError("another key")
        return jwt.decode(
            token, self._key, [ALGORITHM], audience=NAME, issuer=NAME, options={"require": REQUIRED}, leeway=5
        )
