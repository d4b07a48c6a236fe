"""Counters of limits in the memory of one process."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from application.ports.limit_counters import LimitCounters, Take

FORGET_ABOVE = 10_000


@dataclass(slots=True)
class Count:
    amount: int
    until: float | None


@dataclass(slots=True, eq=False)
class MemoryLimitCounters(LimitCounters):
    """`monotonic` gives seconds. Those whose window is over are forgotten when there are many."""

    monotonic: Callable[[], float] = time.monotonic
    _counts: dict[str, Count] = field(default_factory=dict)
    _forget_above: int = FORGET_ABOVE

    async def take(self, takes: Sequence[Take]) -> Take | None:
        for take in takes:
            if (self.used(take.counter) if self._of(take.counter) else take.already) >= take.most:
                return take
        for take in takes:
            self._add(take, take.amount)
        return None

    async def settle(self, take: Take, amount: int = 0) -> None:
        if take.seconds is None or self._of(take.counter):
            self._add(take, amount - take.amount)

    def used(self, counter: str) -> int:
        count = self._of(counter)
        return count.amount if count else 0

    async def look(self, counters: Sequence[str]) -> list[int]:
        return [self.used(counter) for counter in counters]

    async def aclose(self) -> None:
        self._counts.clear()

    def _of(self, counter: str) -> Count | None:
        count = self._counts.get(counter)
        return count if count and (count.until is None or count.until > self.monotonic()) else None

    def _add(self, take: Take, amount: int) -> None:
        if count := self._of(take.counter):
            count.amount = max(0, count.amount + amount)
            if count.until is None and not count.amount:
                del self._counts[take.counter]
            return
        until = None if take.seconds is None else self.monotonic() + take.seconds
        self._counts[take.counter] = Count(max(0, take.already + amount), until)
        if len(self._counts) > self._forget_above:
            self._forget()

    def _forget(self) -> None:
        now = self.monotonic()
        for counter in [name for name, count in self._counts.items() if count.until is not None and count.until <= now]:
            del self._counts[counter]
        self._forget_above = max(FORGET_ABOVE, 2 * len(self._counts))  # so that looking through them stays rare
