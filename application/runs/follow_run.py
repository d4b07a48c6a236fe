"""Read a run's events from a cursor, live to the end."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from application.ports.storage import BeginRead
from application.runs.run_reader import RunReader
from application.runs.worker import Worker
from domain.access import Principal
from domain.errors import CursorAhead
from domain.run import NumberedEvent, Run, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRun:
    read: BeginRead
    worker: Worker
    reader: RunReader

    async def __call__(
        self, principal: Principal, run_id: RunId, *, after: int = 0
    ) -> tuple[Run, AsyncGenerator[list[NumberedEvent], None]]:
        """The run, and batches of its events numbered above `after` until RunFinished.

        Refuses before the first event: RunNotFound, CursorAhead. The reader may leave and come back with the
        number of the last event it saw.
        """
        live = self.worker.live(run_id)
        async with self.read() as tx:
            run = await tx.runs.get(run_id, owner=principal.owner)
        last = max(run.last_event, live.last if live else 0)
        if after > last:
            raise CursorAhead(after, last)
        return run, self.reader.follow(run, after)
