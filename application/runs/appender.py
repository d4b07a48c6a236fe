"""The group-committing appender: all runs of a process share it, so a commit costs less the busier it is."""

import asyncio
import logging
from dataclasses import dataclass, field

from application.ports.run_log import LogEntry, RunLog
from application.ports.signals import Signals, run_topic
from application.runs.live_run import LiveRun
from application.runs.run_writer import EventsBefore, RunWriter
from domain.errors import StorageUnavailable
from domain.run import Run, RunId

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Appender:
    """Commits whatever waits, again and again; while one commit is under way the next group gathers.

    When the store does not answer, the same group is written again until it is certain: events are never dropped and
    never shown early. Readers wait meanwhile. Readers of other processes are signalled after each commit.
    """

    log: RunLog
    signals: Signals
    longest_pause_seconds: float = 2.0
    _dirty: dict[RunWriter, None] = field(default_factory=dict)
    _something: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, run: Run, before: EventsBefore | None = None) -> RunWriter:
        """A writer for a run that this process owns."""
        return RunWriter(LiveRun(run), self._wake, before)

    async def run_forever(self) -> None:
        """Append until cancelled; cancel only when every writer has ended, or what waits is lost with the process."""
        while True:
            await self._something.wait()
            self._something.clear()
            group, self._dirty = [writer for writer in self._dirty if not writer.live.is_lost], {}
            entries = [writer.take() for writer in group]
            refused = await self._write(entries)
            for writer, entry in zip(group, entries, strict=True):
                if entry.run.id in refused:
                    writer.refused()
                else:
                    writer.stored(entry)
            self.signals.send(*[run_topic(entry.run.id) for entry in entries])

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
