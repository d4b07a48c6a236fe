"""The port of idempotency keys, kept in the transaction of what was made under them."""

from abc import abstractmethod
from typing import Protocol

from domain.access import OwnerId
from domain.idempotency import IdempotencyKey, KeyUse


class IdempotencyKeys(Protocol):
    """By owner and key. A key is forgotten KEPT_SECONDS after its first use, by the store's own clock."""

    @abstractmethod
    async def find(self, key: IdempotencyKey, *, lease_seconds: float) -> KeyUse | None:
        """What the key was used for; None when it is new, or when its worker died at work on the answer.

        A worker is dead when it has not beaten for `lease_seconds`. Raise KeyReused when the fingerprint is another.
        """

    @abstractmethod
    async def keep(self, key: IdempotencyKey, use: KeyUse) -> None:
        """From the commit on, `find` returns `use`; it replaces what was kept by the same worker or a dead one.

        Raise KeyInUse when a twin of this request has kept the key meanwhile.
        """

    @abstractmethod
    async def forget_answers(self, owner: OwnerId) -> int:
        """Forget every answer that is kept for the owner, and say how many: one may quote what is deleted now."""

    @abstractmethod
    async def drop(self, key: IdempotencyKey) -> None:
        """Forget the key: what came of the request is not worth repeating."""
