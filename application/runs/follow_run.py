"""Read a run's events from a cursor, live to the end."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from application.ports.run_log import RunLog
from application.ports.storage import BeginRead
from application.runs.worker import Worker
from domain.access import Principal
from domain.errors import CursorAhead
from domain.run import NumberedEvent, Run, RunFinished, RunId

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRun:
    read: BeginRead
    log: RunLog
    worker: Worker
    poll_seconds: float = 0.5

    async def __call__(
        self, principal: Principal, run_id: RunId, *, after: int = 0
    ) -> tuple[Run, AsyncGenerator[list[NumberedEvent], None]]:
        """The run, and batches of its events numbered above `after` until RunFinished.

        Refuses before the first event: RunNotFound, CursorAhead. The reader may leave and come back with the
        number of the last event it saw.
        """
        live = self.worker.live(run_id)
        run = await self._get(principal, run_id)
        last = max(run.last_event, live.last if live else 0)
        if after > last:
            raise CursorAhead(after, last)
        return run, live.follow(after) if live else self._read(principal, run, after)

    async def _read(self, principal: Principal, run: Run, after: int) -> AsyncGenerator[list[NumberedEvent], None]:
        """Raise RunNotFound when the run is deleted meanwhile."""
        while True:
            if batch := await self.log.read(run.id, after=after, limit=PAGE):
                yield batch
                after = batch[-1].number
                if isinstance(batch[-1].event, RunFinished):
                    return
            elif not run.status.is_active:
                return
            else:
                await asyncio.sleep(self.poll_seconds)
                run = await self._get(principal, run.id)

    async def _get(self, principal: Principal, run_id: RunId) -> Run:
        async with self.read() as tx:
            return await tx.runs.get(run_id, owner=principal.owner)
