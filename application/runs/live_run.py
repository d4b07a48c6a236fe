"""A run as the process that executes it holds it: the events that are durable, and who waits for more."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from domain.errors import Refusal, RunLost
from domain.run import NumberedEvent, Run, RunEvent, RunFinished


class LiveRun:
    """The in-memory end of one run's log. Only durable events get in, so whatever is shown is stored.

    Any number of readers follow it, each no more than an index into one shared list: a slow reader costs nothing.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.events: list[NumberedEvent] = []
        self._changed = asyncio.Event()
        self._broken: Refusal | None = None

    @property
    def last(self) -> int:
        """The number of the last durable event, 0 before the first."""
        return len(self.events)

    @property
    def is_lost(self) -> bool:
        """Another worker has the run."""
        return isinstance(self._broken, RunLost)

    @property
    def ended(self) -> bool:
        return bool(self.events) and isinstance(self.events[-1].event, RunFinished)

    def publish(self, events: Sequence[RunEvent]) -> None:
        """Show events that are durable; their numbers go on from `last`."""
        self.events += [NumberedEvent(number, event) for number, event in enumerate(events, self.last + 1)]
        self._wake()

    def break_off(self, refusal: Refusal) -> None:
        """Nothing more can be shown here (the run was lost or handed over): readers get `refusal`."""
        self._broken = refusal
        self._wake()

    def raise_if_broken(self) -> None:
        if self._broken:
            raise self._broken

    async def follow(self, after: int = 0) -> AsyncGenerator[list[NumberedEvent], None]:
        """Yield the events above `after` in batches, live until RunFinished; every batch has at least one.

        Raises what broke the run off. Closing the generator stops the reader and nothing else.
        """
        while True:
            if self.last > after:
                batch = self.events[after:]
                after = self.last
                yield batch
                if isinstance(batch[-1].event, RunFinished):
                    return
            elif self.ended:
                return
            else:
                self.raise_if_broken()
                await self._changed.wait()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
