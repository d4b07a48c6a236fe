"""Whether an ID token is good (OpenID Connect Core 1.0, 3.1.3.7), by the provider's public keys."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import jwt

from adapters.oidc.documents import NAME, Documents
from domain.errors import ProviderAnswerInvalid, Unauthenticated

KINDS_OF_KEY = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "EC", "ES384": "EC", "ES512": "EC", "EdDSA": "OKP",
}  # fmt: skip
"""Signed with a key that the provider alone has. `none` and what is signed with our own secret prove nothing."""
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
LEEWAY_SECONDS = 60
LONGEST = 100_000
AGAIN_AFTER_SECONDS = 10.0
KEYS_GOOD_FOR_SECONDS = 3600.0
NOT_GOOD = "The provider's proof of who you are is not good here: sign in again"


class Keys:
    """The provider's public keys, looked up anew when one is asked for that is not among them: providers change them.

    Unknown keys are looked up every `again_after_seconds` at most, so nobody makes us ask without end.
    """

    def __init__(self, documents: Documents, *, again_after_seconds: float = AGAIN_AFTER_SECONDS) -> None:
        self._documents, self._again_after = documents, again_after_seconds
        self._keys: Sequence[dict[str, Any]] = ()
        self._read_at: float | None = None
        self._lock = asyncio.Lock()

    async def find(self, jwks_uri: str, *, id: str | None, algorithm: str) -> jwt.PyJWK | None:
        """Raise ProviderFailure."""
        found = _matching(self._keys, id, algorithm)
        if found and self._age < KEYS_GOOD_FOR_SECONDS:
            return found
        async with self._lock:
            if self._age >= self._again_after:
                await self._read(jwks_uri)
        return _matching(self._keys, id, algorithm)

    @property
    def _age(self) -> float:
        return float("inf") if self._read_at is None else time.monotonic() - self._read_at

    async def _read(self, jwks_uri: str) -> None:
        keys = (await self._documents.get(jwks_uri)).get("keys")
        if not isinstance(keys, list):
            raise ProviderAnswerInvalid(NAME, "its keys are no list")
        self._keys = [key for key in keys if isinstance(key, dict)]
        self._read_at = time.monotonic()


def _matching(keys: Sequence[dict[str, Any]], id: str | None, algorithm: str) -> jwt.PyJWK | None:
    """The key of this id that signs by this algorithm; of a token that names none, the one that there is."""
    fit = [
        key
        for key in keys
        if key.get("kty") == KINDS_OF_KEY[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (id is None or key.get("kid") == id)
    ]
    if len(fit) != 1:
        return None
    try:
        return jwt.PyJWK(fit[0], algorithm)
    except jwt.PyJWTError:
        return None


class IdTokens:
    def __init__(self, keys: Keys, *, issuer: str, client_id: str) -> None:
        self._keys, self._issuer, self._client_id = keys, issuer, client_id

    async def read(self, token: str, *, jwks_uri: str, nonce: str) -> dict[str, Any]:
        """Its claims. Raise Unauthenticated, without a word of what it says, or ProviderFailure."""
        try:
            header = jwt.get_unverified_header(token) if len(token) <= LONGEST else {}
            algorithm, id = header.get("alg"), header.get("kid")
            if algorithm not in KINDS_OF_KEY or not isinstance(id, str | None):
                raise Unauthenticated(NOT_GOOD)
            key = await self._keys.find(jwks_uri, id=id, algorithm=algorithm)
            if key is None:
                raise Unauthenticated(NOT_GOOD)
            claims = self._claims(token, key, algorithm)
        except (jwt.PyJWTError, ValueError, OverflowError) as error:
            raise Unauthenticated(NOT_GOOD) from error
        if claims.get("nonce") != nonce or not self._is_for_us(claims):
            raise Unauthenticated(NOT_GOOD)
        return claims

    def _claims(self, token: str, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            [algorithm],
            audience=self._client_id,
            issuer=self._issuer,
            options={"require": REQUIRED},
            leeway=LEEWAY_SECONDS,
        )

    def _is_for_us(self, claims: dict[str, Any]) -> bool:
        """Where it has several audiences, or says who asked for it, that must be us."""
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        presenter = claims.get("azp")
        return presenter == self._client_id if presenter is not None else not several
