"""Look at a workflow's run: how far each step has come."""

from dataclasses import dataclass

from application.ports.run_log import RunLog
from application.ports.storage import BeginRead
from application.workflows.workflow_run import workflow_in
from domain.access import Principal
from domain.errors import RunNotFound
from domain.run import Run, RunEvent, RunId, RunKind
from domain.workflows.progress import Progress, progress_of
from domain.workflows.workflow import Workflow

PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class GetWorkflowRun:
    read: BeginRead
    log: RunLog

    async def __call__(self, principal: Principal, id: RunId) -> tuple[Run, Workflow, Progress]:
        """Once its events are forgotten, nothing is known of single steps. Raise RunNotFound."""
        async with self.read() as tx:
            run = await tx.runs.get(id, owner=principal.owner)
        if run.kind is not RunKind.WORKFLOW:
            raise RunNotFound(id)
        events = list[RunEvent]()
        while batch := await self.log.read(id, after=len(events), limit=PAGE):
            events += [numbered.event for numbered in batch]
        workflow = workflow_in(run)
        return run, workflow, progress_of(workflow, events)
