"""Stop a run, keeping what it has said."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from application.runs.run_stopper import RunStopper
from domain.access import Principal
from domain.run import Run, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRun:
    read: BeginRead
    stopper: RunStopper

    async def __call__(self, principal: Principal, run_id: RunId) -> Run:
        """The run as it is once it has ended. Idempotent: a run that had ended stays as it was. Raise RunNotFound."""
        await self.stopper.stop(run_id, principal.owner)
        async with self.read() as tx:
            return await tx.runs.get(run_id, owner=principal.owner)
