"""The questions that one run put to people."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.approval import Approval
from domain.run import RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRunApprovals:
    read: BeginRead

    async def __call__(self, principal: Principal, run_id: RunId) -> list[Approval]:
        """Oldest first, decided or not. Raise RunNotFound."""
        async with self.read() as tx:
            run = await tx.runs.get(run_id, owner=principal.owner)
            return await tx.approvals.of_run(run.id)
