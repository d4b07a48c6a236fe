"""The group-committing appender: all runs of a process share it, so a commit costs less the busier it is."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from application.ports.run_log import LogEntry, RunLog
from application.runs.live_run import LiveRun
from domain.errors import RunLost, StorageUnavailable
from domain.run import Ending, Run, RunEvent, RunFinished, RunId, answer_of, merged

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class RunWriter:
    """The only way to write to a live run. Nothing written here is shown before it is durable."""

    live: LiveRun
    wake: Callable[["RunWriter"], None]
    _waiting: list[RunEvent] = field(default_factory=list)
    _ended_at: datetime | None = None
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    def append(self, events: Sequence[RunEvent]) -> None:
        """Hand over events. Deltas that wait for the same commit are merged into one event.

        Raise RunLost once the log has refused what this writer wrote.
        """
        self.live.raise_if_broken()
        if events:
            self._waiting.extend(events)
            self.wake(self)

    async def end(self, outcome: RunFinished, *, at: datetime) -> None:
        """Write the ending after everything appended, and return when it is durable or refused."""
        self._ended_at = at
        self.append([outcome])
        await self._settled.wait()

    def take(self) -> LogEntry:
        """What waits, as the next entry of the log; everything taken before is durable by now."""
        events, self._waiting = merged(self._waiting), []
        return LogEntry(self.live.run, self.live.last + 1, tuple(events), self._ending_with(events))

    def stored(self, entry: LogEntry) -> None:
        self.live.publish(entry.events)
        if entry.ending:
            self._settled.set()

    def refused(self) -> None:
        self.live.break_off(RunLost(self.live.run.id))
        self._settled.set()

    def _ending_with(self, events: Sequence[RunEvent]) -> Ending | None:
        if not (self._ended_at and isinstance(events[-1], RunFinished)):
            return None
        said = (*(numbered.event for numbered in self.live.events), *events)
        return Ending(events[-1], answer_of(said), self._ended_at)


@dataclass(slots=True, eq=False)
class Appender:
    """Commits whatever waits, again and again; while one commit is under way the next group gathers.

    When the store does not answer, the same group is written again until it is certain: events are never dropped and
    never shown early. Readers wait meanwhile.
    """

    log: RunLog
    longest_pause_seconds: float = 2.0
    _dirty: dict[RunWriter, None] = field(default_factory=dict)
    _something: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, run: Run) -> RunWriter:
        """A writer for a run that this process owns."""
        return RunWriter(LiveRun(run), self._wake)

    async def run_forever(self) -> None:
        """Append until cancelled; cancel only when every writer has ended, or what waits is lost with the process."""
        while True:
            await self._something.wait()
            self._something.clear()
            group, self._dirty = list(self._dirty), {}
            entries = [writer.take() for writer in group]
            refused = await self._write(entries)
            for writer, entry in zip(group, entries, strict=True):
                if entry.run.id in refused:
                    writer.refused()
                else:
                    writer.stored(entry)

    async def _write(self, entries: list[LogEntry]) -> set[RunId]:
        pause = min(0.05, self.longest_pause_seconds)
        while True:
            try:
                return await self.log.write(entries)
            except StorageUnavailable as error:
                log.warning("the event log cannot be written, %d runs wait: %s", len(entries), error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.longest_pause_seconds)
            except Exception:  # a bug that one run brings to light must not silence all the others
                log.exception("the event log does not take what %d runs wrote", len(entries))
                return await self._write_singly(entries)

    async def _write_singly(self, entries: list[LogEntry]) -> set[RunId]:
        if len(entries) == 1:
            return {entries[0].run.id}
        return set().union(*[await self._write([entry]) for entry in entries])

    def _wake(self, writer: RunWriter) -> None:
        self._dirty[writer] = None
        self._something.set()
