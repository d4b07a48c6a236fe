"""The only way to write to a live run: nothing written here is shown before it is durable."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from application.ports.metering import Charge
from application.ports.run_log import LogEntry
from application.runs.live_run import LiveRun
from domain.errors import RunLost
from domain.run import Ending, Run, RunEvent, RunFinished, answer_of, merged
from domain.step import StepFinished
from domain.usage import LedgerEntry, Purpose

EventsBefore = Callable[[Run], Awaitable[Sequence[RunEvent]]]
"""What the log has of a run that was taken over; waits for a store that does not answer."""


@dataclass(slots=True, eq=False)
class RunWriter:
    """Of a run that is taken over, `before` tells what there is already: nothing is written until it was asked.

    A run that is not stored at all is not `kept`.
    """

    live: LiveRun
    wake: Callable[["RunWriter"], None]
    before: EventsBefore | None = None
    kept: bool = True
    _waiting: list[RunEvent] = field(default_factory=list)
    _under_way: tuple[RunEvent, ...] = ()
    _calls: list[tuple[str | None, LedgerEntry]] = field(default_factory=list)
    _calls_under_way: tuple[LedgerEntry, ...] = ()
    _ended_at: datetime | None = None
    _settled: asyncio.Event = field(default_factory=asyncio.Event)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def said(self) -> list[RunEvent]:
        """All events of the run, the durable ones and those that are on their way to be."""
        return [*(numbered.event for numbered in self.live.events), *self._under_way, *self._waiting]

    async def catch_up(self) -> None:
        """Begin where the log ends. May be cancelled, and called again."""
        if self.before and self.live.last < self.live.run.last_event:
            self.live.publish(await self.before(self.live.run))

    def charge(self, purpose: Purpose, *, step: str | None = None) -> Charge:
        """For a call that the run makes: its entry is stored with the end of the step, or of the run.

        So the log says which calls have their entries, and a worker that takes the run over which have none.
        """
        run = self.live.run
        return Charge(
            owner=run.owner,
            purpose=purpose,
            user_id=run.user_id,
            key_id=run.key_id,
            run_id=run.id if self.kept else None,
            keep=(lambda entry: self._calls.append((step, entry))) if self.kept else None,
        )

    def unsettled(self) -> list[LedgerEntry]:
        """Take the entries of calls that were not stored, and will not be by this writer."""
        calls = [*self._calls_under_way, *(call for _, call in self._calls)]
        self._calls, self._calls_under_way = [], ()
        return calls

    def append(self, events: Sequence[RunEvent]) -> None:
        """Hand over events. Deltas that wait for the same commit are merged into one event.

        Raise RunLost once the log has refused what this writer wrote.
        """
        self.live.raise_if_broken()
        if events:
            self._waiting.extend(events)
            self.wake(self)

    async def flush(self) -> None:
        """Return when all that was appended is durable. Raise RunLost."""
        while self._waiting or self._under_way:
            self.live.raise_if_broken()
            self._moved.clear()
            await self._moved.wait()
        self.live.raise_if_broken()

    async def end(self, outcome: RunFinished, *, at: datetime) -> None:
        """Write the ending after everything appended, and return when it is durable or refused."""
        await self.catch_up()  # whatever executed the run may have been stopped before it came to that
        self._ended_at = at
        self.append([outcome])
        await self._settled.wait()

    def take(self) -> LogEntry:
        """What waits, as the next entry of the log; everything taken before is durable by now."""
        events, self._waiting = tuple(merged(self._waiting)), []
        self._under_way = events
        ending = self._ending_with(events)
        self._calls_under_way = self._settled_by(events, ending)
        return LogEntry(self.live.run, self.live.last + 1, events, ending, self._calls_under_way)

    def stored(self, entry: LogEntry) -> None:
        self._under_way = ()
        self._calls_under_way = ()
        self.live.publish(entry.events)
        self._moved.set()
        if entry.ending:
            self._settled.set()

    def refused(self) -> None:
        self.live.break_off(RunLost(self.live.run.id))
        self._settled.set()
        self._moved.set()

    def _settled_by(self, events: Sequence[RunEvent], ending: Ending | None) -> tuple[LedgerEntry, ...]:
        if not self._calls:
            return ()
        steps = {event.name for event in events if isinstance(event, StepFinished)}
        settled = tuple(call for step, call in self._calls if ending or step in steps)
        self._calls = [] if ending else [(step, call) for step, call in self._calls if step not in steps]
        return settled

    def _ending_with(self, events: Sequence[RunEvent]) -> Ending | None:
        if not (self._ended_at and isinstance(events[-1], RunFinished)):
            return None
        said = (*(numbered.event for numbered in self.live.events), *events)
        return Ending(events[-1], answer_of(said), self._ended_at)
