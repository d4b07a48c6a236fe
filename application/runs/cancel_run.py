"""Stop a run, keeping what it has said."""

from contextlib import aclosing, suppress
from dataclasses import dataclass

from application.ports.storage import BeginRead
from application.runs.worker import Worker
from domain.access import Principal
from domain.errors import RunLost
from domain.run import Run, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRun:
    read: BeginRead
    worker: Worker

    async def __call__(self, principal: Principal, run_id: RunId) -> Run:
        """The run as it is once it has ended. Idempotent: a run that had ended stays as it was. Raise RunNotFound."""
        run = await self._get(principal, run_id)
        live = self.worker.live(run_id)
        if live is None or not run.status.is_active:
            return run
        self.worker.cancel(run_id)
        with suppress(RunLost):  # deleted, or taken over: the store knows
            async with aclosing(live.follow(live.last)) as rest:
                async for _ in rest:
                    pass
        return await self._get(principal, run_id)

    async def _get(self, principal: Principal, run_id: RunId) -> Run:
        async with self.read() as tx:
            return await tx.runs.get(run_id, owner=principal.owner)
