"""The limits of users and keys in memory."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from application.ports.own_limits import OwnLimits
from application.ports.storage import ReadTransaction
from domain.access import KeyId, UserId
from domain.limits import Limits


@dataclass(frozen=True, slots=True)
class MemoryOwnLimits(OwnLimits):
    """Numbers are never given twice, so what is kept of somebody who is gone is nobody's."""

    read: Callable[[], AbstractAsyncContextManager[ReadTransaction]]
    _of_users: dict[UserId, Limits] = field(default_factory=dict)
    _of_keys: dict[KeyId, Limits] = field(default_factory=dict)

    async def of_user(self, id: UserId) -> Limits | None:
        return self._of_users.get(id)

    async def of_key(self, id: KeyId) -> Limits | None:
        return self._of_keys.get(id)

    async def give_user(self, id: UserId, limits: Limits | None) -> None:
        async with self.read() as tx:
            await tx.users.get(id)
        self._of_users.pop(id, None)
        if limits is not None:
            self._of_users[id] = limits

    async def give_key(self, id: KeyId, limits: Limits | None) -> None:
        self._of_keys.pop(id, None)
        if limits is not None:
            self._of_keys[id] = limits
