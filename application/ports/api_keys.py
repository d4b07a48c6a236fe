"""The port of API keys."""

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import KeyId, OwnerId, Scope, UserId
from domain.user import ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey:
    owner: OwnerId
    user_id: UserId | None
    name: str
    prefix: str
    secret_hash: str
    scopes: Collection[Scope]
    created_at: datetime
    expires_at: datetime | None


class ApiKeyRepository(Protocol):
    @abstractmethod
    async def add(self, new: NewApiKey) -> ApiKey:
        """Store it under a fresh id."""

    @abstractmethod
    async def find(self, secret_hash: str) -> ApiKey | None:
        """The key of this secret, be it good or not."""

    @abstractmethod
    async def get(self, id: KeyId, *, owner: OwnerId) -> ApiKey:
        """Raise KeyNotFound, also when somebody else owns it."""

    @abstractmethod
    async def page(self, *, owner: OwnerId, before: KeyId | None, limit: int) -> list[ApiKey]:
        """Newest first, only ids below `before`, those revoked among them."""

    @abstractmethod
    async def count(self, *, owner: OwnerId) -> int:
        """How many keys the owner has, those revoked not among them."""

    @abstractmethod
    async def revoke(self, id: KeyId, *, owner: OwnerId, at: datetime) -> ApiKey:
        """The key as it is afterwards; the first revocation stays. Raise KeyNotFound."""
