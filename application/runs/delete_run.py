"""Forget a run: what it was asked with, how it went, and its events."""

from dataclasses import dataclass

from application.ports.storage import BeginTransaction
from application.runs.run_stopper import RunStopper
from domain.access import Principal
from domain.run import RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRun:
    begin: BeginTransaction
    stopper: RunStopper

    async def __call__(self, principal: Principal, run_id: RunId) -> None:
        """An active run is stopped first. Question and answer stay in their conversation, the cost in the ledger.

        Nobody can go on from the run by its id any more. Raise RunNotFound, or ReplyInProgress when it does not end
        in time.
        """
        await self.stopper.stop(run_id, principal.owner)
        async with self.begin() as tx:
            await tx.runs.delete(run_id, owner=principal.owner)
            await tx.commit()
