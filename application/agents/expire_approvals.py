"""Close the questions that nobody answered in time; their runs go on without."""

from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.signals import WORK, Signals
from application.ports.storage import BeginTransaction

AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireApprovals:
    begin: BeginTransaction
    signals: Signals
    now: Now

    async def __call__(self) -> int:
        """How many runs it concerned. Raise StorageUnavailable."""
        async with self.begin() as tx:
            runs = await tx.approvals.expire(self.now(), limit=AT_ONCE)
            if not runs:
                return 0
            for run_id in runs:
                await tx.runs.wake(run_id)
            await tx.commit()
        self.signals.send(WORK)
        return len(runs)
