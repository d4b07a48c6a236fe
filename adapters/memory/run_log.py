"""The event log in memory."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from operator import attrgetter

from adapters.memory.copies import copied_event, copied_parts, copied_usage
from adapters.memory.tables import Tables
from application.ports.clock import Now
from application.ports.run_log import LogEntry, RunLog
from domain.conversation import MessageStatus
from domain.run import Ending, NumberedEvent, Run, RunEvent, RunId


@dataclass(frozen=True, slots=True)
class MemoryRunLog(RunLog):
    tables: Tables
    writing: Callable[[], AbstractAsyncContextManager[None]]
    now: Now

    async def write(self, entries: Sequence[LogEntry]) -> set[RunId]:
        async with self.writing():
            return {entry.run.id for entry in entries if not self._accept(entry)}

    async def read(self, run_id: RunId, *, after: int, limit: int) -> list[NumberedEvent]:
        written = self.tables.entries.get(run_id, ())
        batch: list[NumberedEvent] = []
        for entry in written[bisect_right(written, after, key=attrgetter("last")) :]:
            events = (NumberedEvent(entry.first + i, copied_event(event)) for i, event in enumerate(entry.events))
            batch.extend(numbered for numbered in events if numbered.number > after)
            if len(batch) >= limit:
                break
        return batch

    async def forget(self, *, older_than_seconds: float, limit: int) -> int:
        async with self.writing():
            before = self.now() - timedelta(seconds=older_than_seconds)
            old = (id for id in self.tables.entries if (at := self.tables.runs[id].finished_at) and at <= before)
            forgotten = list(islice(old, limit))
            for run_id in forgotten:
                del self.tables.entries[run_id]
            return len(forgotten)

    def _accept(self, entry: LogEntry) -> bool:
        run = self.tables.runs.get(entry.run.id)
        if run is None:
            return False
        written = self.tables.entries.setdefault(run.id, [])
        at = bisect_left(written, entry.first, key=attrgetter("first"))
        if at < len(written):
            return _identity(written[at]) == _identity(entry)
        if not run.status.is_active or run.fence != entry.run.fence or entry.first != run.last_event + 1:
            return False
        written.append(replace(entry, events=tuple(copied_event(event) for event in entry.events), calls=()))
        for call in entry.calls:
            self.tables.spend(replace(call, usage=copied_usage(call.usage)))
        run = self.tables.runs[run.id] = replace(run, last_event=entry.last)
        if entry.ending:
            self._end(run, entry.ending)
        return True

    def _end(self, run: Run, ending: Ending) -> None:
        """Terminal state and sealed answer, both or none: nothing here can fail or wait."""
        tables, outcome = self.tables, ending.outcome
        usage = copied_usage(outcome.usage) if outcome.usage else None
        tables.runs[run.id] = replace(
            run,
            status=outcome.status,
            finished_at=ending.at,
            finish_reason=outcome.finish_reason,
            problem=outcome.problem,
            usage=usage,
            answered_by=outcome.answered_by,
            dropped=outcome.dropped,
        )
        tables.messages[run.answer_id] = replace(
            tables.messages[run.answer_id],
            parts=copied_parts(ending.answer),
            status=MessageStatus(outcome.status.value),
        )
        tables.retire(run)


def _identity(entry: LogEntry) -> tuple[int, int, tuple[RunEvent, ...]]:
    """What makes two entries of a run the same: then the later is a repetition of the earlier."""
    return entry.run.fence, entry.first, entry.events
