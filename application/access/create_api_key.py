"""Create an API key."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from application.access.authenticate import API_KEY_PREFIX
from application.access.secret_hash import secret_hash
from application.ports.api_keys import NewApiKey
from application.ports.chance import NewSecret
from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.access import Principal, Scope, grantable
from domain.conversation import checked_text
from domain.errors import Forbidden, InvalidInput
from domain.user import KEY_NAME_CHARACTERS, ApiKey

MOST_KEYS = 100
SHOWN_CHARACTERS = len(API_KEY_PREFIX) + 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateApiKey:
    begin: BeginTransaction
    new_secret: NewSecret
    now: Now

    async def __call__(
        self, principal: Principal, *, name: str, scopes: Collection[Scope], expires_at: datetime | None
    ) -> tuple[ApiKey, str]:
        """The key and its secret, which nobody sees again.

        Raise Forbidden when it would give more than the caller has, InvalidInput naming `name`, `scopes`, `expires_at`.
        """
        checked_text(name, field="name", longest=KEY_NAME_CHARACTERS)
        if not scopes:
            raise InvalidInput("scopes", "must name at least one")
        if not grantable(principal, scopes):
            raise Forbidden("A key cannot do more than who makes it")
        if expires_at is not None and (expires_at.tzinfo is None or expires_at <= self.now()):
            raise InvalidInput("expires_at", "must be a moment in the future, with its time zone")
        secret = API_KEY_PREFIX + self.new_secret()
        new = NewApiKey(
            owner=principal.owner,
            user_id=principal.user_id,
            name=name,
            prefix=secret[:SHOWN_CHARACTERS],
            secret_hash=secret_hash(secret),
            scopes=frozenset(scopes),
            created_at=self.now(),
            expires_at=expires_at,
        )
        async with self.begin() as tx:
            if await tx.api_keys.count(owner=principal.owner) >= MOST_KEYS:
                raise InvalidInput("name", f"you have {MOST_KEYS} keys already; revoke one first")
            key = await tx.api_keys.add(new)
            await tx.commit()
        return key, secret
