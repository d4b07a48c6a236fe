"""Say who a credential stands for: the server's own key, an API key or an access token."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from application.access.credentials import Credentials
from application.access.principals import principal_of_key, principal_of_login, same_principal
from application.access.secret_hash import secret_hash
from application.ports.access_tokens import AccessTokens
from application.ports.clock import Now
from application.ports.storage import BeginRead
from domain.access import LOCAL_OWNER, CallerKind, Principal
from domain.errors import Unauthenticated

API_KEY_PREFIX = "pk_"
SERVERS_OWN = Principal(LOCAL_OWNER, CallerKind.KEY, is_admin=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate:
    """`server_key_digest` is the SHA-256 of the one key that the operator has set, if there is one."""

    read: BeginRead
    tokens: AccessTokens
    credentials: Credentials
    now: Now
    server_key_digest: bytes | None = None

    def known(self, credential: str) -> Principal | None:
        """Who it stands for, if that is known without asking the database."""
        digest = _digest(credential)
        if self.server_key_digest and hmac.compare_digest(digest, self.server_key_digest):
            return SERVERS_OWN
        return self.credentials.find(digest)

    async def __call__(self, credential: str) -> Principal:
        """Raise Unauthenticated, in the same words for a credential that never was and for one that is revoked."""
        if principal := self.known(credential):
            return principal
        generation = self.credentials.generation
        is_key = credential.startswith(API_KEY_PREFIX)
        found, until = await (self._of_key(credential) if is_key else self._of_token(credential))
        if found is None:
            raise Unauthenticated("That credential is not valid here, or not any more")
        self.credentials.keep(_digest(credential), found, until=until, generation=generation)
        return found

    async def still(self, principal: Principal) -> bool:
        """Whether what the principal came with is good for the same at this moment, but for an access token's age."""
        async with self.read() as tx:
            return await same_principal(tx, principal, now=self.now()) == principal

    async def _of_key(self, credential: str) -> tuple[Principal | None, datetime | None]:
        async with self.read() as tx:
            key = await tx.api_keys.find(secret_hash(credential))
            return await principal_of_key(tx, key, now=self.now()), key.expires_at if key else None

    async def _of_token(self, credential: str) -> tuple[Principal | None, datetime | None]:
        claims = self.tokens.read(credential)
        async with self.read() as tx:
            principal = await principal_of_login(tx, claims.user_id, claims.login_id, now=self.now())
        return principal, claims.expires_at


def _digest(credential: str) -> bytes:
    return hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
