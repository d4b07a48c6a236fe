"""An event loop by whose clock nobody is late because the machine is busy.

Its time is that in which it waits, for as long as it asked to wait. A process that gets no core for three seconds has
been away for a millisecond, so that a limit of a tenth of a second is met by a peer in the same loop that stays
silent, and by no other. For what other processes do in time it is an ordinary clock.
"""

import asyncio
import selectors
from time import monotonic
from typing import Any

STEP_SECONDS = 0.001
"""The most that counts of what passes while callbacks run, and of being woken late."""


class PatientLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._seen = monotonic()
        self._now = self._seen
        self._bearable = STEP_SECONDS
        super().__init__(_Selector(self))

    def time(self) -> float:
        seen = monotonic()
        self._now += min(seen - self._seen, self._bearable)
        self._seen = seen
        return self._now

    def begin_waiting(self, timeout: float | None) -> None:
        self.time()
        self._bearable = STEP_SECONDS + (float("inf") if timeout is None else max(timeout, 0))

    def end_waiting(self) -> None:
        self.time()
        self._bearable = STEP_SECONDS


class _Selector(selectors.DefaultSelector):  # what it is depends on the system
    def __init__(self, loop: PatientLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        self._loop.begin_waiting(timeout)
        try:
            return super().select(timeout)
        finally:
            self._loop.end_waiting()
