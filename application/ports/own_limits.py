"""The port of limits that a user or a key has of its own, in place of those that the server gives to all."""

from abc import abstractmethod
from typing import Protocol

from domain.access import KeyId, UserId
from domain.limits import Limits


class OwnLimits(Protocol):
    """Every method is one short transaction of its own, and raises StorageUnavailable. They go with user and key."""

    @abstractmethod
    async def of_user(self, id: UserId) -> Limits | None:
        """None when there are none."""

    @abstractmethod
    async def of_key(self, id: KeyId) -> Limits | None:
        """None when there are none."""

    @abstractmethod
    async def give_user(self, id: UserId, limits: Limits | None) -> None:
        """These from now on; None takes them away. Raise UserNotFound."""

    @abstractmethod
    async def give_key(self, id: KeyId, limits: Limits | None) -> None:
        """These from now on; None takes them away. Raise KeyNotFound."""
