"""Stop a run wherever it executes, and see it end."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.run_log import LogEntry, RunLog
from application.ports.signals import WORK, Signals, run_topic
from application.ports.storage import BeginTransaction
from application.runs.run_reader import RunReader
from application.runs.worker import CANCELLED, Worker
from domain.access import OwnerId
from domain.run import Ending, Run, RunId, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStopper:
    begin: BeginTransaction
    log: RunLog
    worker: Worker
    reader: RunReader
    signals: Signals
    now: Now
    patience_seconds: float = 10.0

    async def stop(self, run_id: RunId, owner: OwnerId) -> None:
        """Return when the run has ended, or after `patience_seconds` with word left that it shall be.

        What it said is kept. A run that had ended stays as it was. Raise RunNotFound.
        """
        async with self.begin() as tx:
            run = await tx.runs.request_cancel(run_id, owner=owner)
            await tx.commit()
        if not run.status.is_active or (run.status is RunStatus.QUEUED and await self._end_queued(run)):
            return
        self.worker.cancel(run.id)
        if self.worker.live(run.id) is None:
            self.signals.send(WORK)
        with suppress(TimeoutError):
            async with (
                asyncio.timeout(self.patience_seconds),
                aclosing(self.reader.follow(run, run.last_event)) as rest,
            ):
                async for _ in rest:
                    pass

    async def _end_queued(self, run: Run) -> bool:
        """End a run that nobody executes; False when somebody has just taken it."""
        ending = Ending(CANCELLED, (), self.now())
        refused = await self.log.write([LogEntry(run, run.last_event + 1, (CANCELLED,), ending)])
        self.signals.send(run_topic(run.id), WORK)
        return not refused
