"""Time limits that are long for whoever is served, however busy the machine is, and pass when a test says so."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

LIMIT_SECONDS = 60.0
"""For the limits of what is tested: nobody who is served takes so long, and nobody waits for them."""
PATIENCE_SECONDS = 30.0
"""Half of it: who has not ended by then was not ended by the limits that have passed."""


class LeapingTime:
    """The time of the running loop, which every limit within this process is measured by."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._real = self._loop.time
        self._leapt = 0.0
        self._loop.time = lambda: self._real() + self._leapt  # type: ignore[method-assign]

    async def leap(self, seconds: float) -> None:
        """Let everybody in this process do what can be done now, and then so much time pass."""
        for _ in range(20):
            await asyncio.sleep(0)
        self._leapt += seconds

    async def past_limits(self, call: Coroutine[Any, Any, T], *, limits: int = 2) -> T:
        """The outcome of a call that waits for what does not come, after so many limits of LIMIT_SECONDS."""
        task = asyncio.create_task(call)
        for _ in range(limits * 4):  # in small steps: a limit may begin when another has passed
            await self.leap(LIMIT_SECONDS / 4)
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await task
