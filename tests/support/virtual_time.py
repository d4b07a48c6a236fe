"""An event loop whose time passes only while nothing else can happen: an hour of waiting takes no time at all."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop
from typing import Any, TypeVar

from tests.support.clock import Clock

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """What is the same is done in the same order, so a test that failed fails again."""

    def __init__(self) -> None:
        super().__init__()
        self._elapsed = 0.0

    def time(self) -> float:
        return self._elapsed

    def _run_once(self) -> None:
        scheduled: list[Any] = self._scheduled  # type: ignore[attr-defined]
        while scheduled and scheduled[0].cancelled():
            self._timer_cancelled_count -= 1  # type: ignore[attr-defined]
            heappop(scheduled)._scheduled = False
        if not self._ready and not self._stopping:  # type: ignore[attr-defined]
            if not scheduled:
                raise RuntimeError("everybody waits for somebody else")
            self._elapsed = max(self._elapsed, scheduled[0].when())
        super()._run_once()  # type: ignore[misc]


@dataclass
class LoopClock(Clock):
    """The time of the loop that runs."""

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=asyncio.get_running_loop().time())


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine to its end in virtual time; afterwards nothing is left of what it began."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
