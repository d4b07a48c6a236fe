"""Look at one run."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.run import Run, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRun:
    read: BeginRead

    async def __call__(self, principal: Principal, run_id: RunId) -> Run:
        """Raise RunNotFound."""
        async with self.read() as tx:
            return await tx.runs.get(run_id, owner=principal.owner)
