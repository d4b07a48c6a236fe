"""The port of password hashing."""

from abc import abstractmethod
from typing import Protocol


class Passwords(Protocol):
    """Slow by intent, so it leaves the event loop free; so many at once that memory and processor are bounded."""

    @abstractmethod
    async def hash(self, password: str) -> str:
        """With a salt of its own. Raise TooBusy when too many wait already."""

    @abstractmethod
    async def verify(self, password: str, hash: str | None) -> bool:
        """Whether it is the password. Without a hash, or with an empty one, it is not, and to learn that takes as long.

        Raise TooBusy.
        """
