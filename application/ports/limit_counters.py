"""The port of what limits count by."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Take:
    """Take `amount` of what `counter` has `most` of.

    With `seconds` it is a counter of a window, which is forgotten when they have passed. Without, what is taken is held
    until it is settled, or until the process that holds it has been dead for a minute. So it is with what is `reserved`
    in a window: settled it counts as it was used, and of the dead not at all.

    A counter that is new begins at `already`, which is what was used in the window before anybody counted.
    """

    counter: str
    most: int
    amount: int = 1
    seconds: float | None = None
    reserved: bool = False
    already: int = 0


class LimitCounters(Protocol):
    """Counters that all processes share which share a database.

    A process may take more than it needs at once from a shared counter and serve its callers out of that: never more
    is given out than there is, but a process may refuse while another has some in hand, at most an eighth of what was
    left; not of what is `reserved`, which is asked for each time. Every method but `used` raises StorageUnavailable.
    """

    @abstractmethod
    async def take(self, takes: Sequence[Take]) -> Take | None:
        """Take all of them, or none: then return the first of which nothing is left.

        Whatever its amount, a take gets through while less than `most` is used. Of any number of simultaneous callers
        at most one takes a counter past its `most`. A caller that is cancelled has taken nothing.
        """

    @abstractmethod
    async def settle(self, take: Take, amount: int = 0) -> None:
        """Of what was taken so much was used, be it less or more; the rest is there for others again.

        A counter whose window is over is left alone. To be called once for each take, also by one who is cancelled.
        """

    @abstractmethod
    def used(self, counter: str) -> int:
        """As much as this process knows to be used, without asking anybody."""

    @abstractmethod
    async def look(self, counters: Sequence[str]) -> list[int]:
        """How much of each is used, everywhere."""

    @abstractmethod
    async def aclose(self) -> None:
        """Give back what this process has in hand. Raises nothing."""
