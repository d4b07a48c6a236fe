"""What every step of an ingestion does with the store: patiently, and only while the run is this worker's;
and on whose account its calls are."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from application.ports.metering import Charge
from application.ports.storage import BeginTransaction, Transaction
from application.runs.patience import patiently
from domain.errors import DocumentNotFound, RunLost, RunNotFound
from domain.run import Run

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRun:
    begin: BeginTransaction
    run: Run
    charge: Charge
    pause_seconds: float = 0.5

    async def change(self, work: Work[T]) -> T:
        """Do the work in one short transaction. It is done again when the store does not answer, or did not say that
        all was stored, so it has to look first what there is. Raise RunLost when the run is another's, or is gone."""
        return await patiently(lambda: self._change(work), pause_seconds=self.pause_seconds)

    async def _change(self, work: Work[T]) -> T:
        try:
            async with self.begin() as tx:
                now = await tx.runs.get(self.run.id, owner=self.run.owner)
                if now.fence != self.run.fence or not now.status.is_active:
                    raise RunLost(self.run.id)
                done = await work(tx)
                await tx.commit()
                return done
        except (RunNotFound, DocumentNotFound) as gone:
            raise RunLost(self.run.id) from gone
