"""Workflows: named steps that an operator wrote down, run as durable runs."""

from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response
from starlette.responses import JSONResponse

from domain import errors
from domain.conversation import text_of
from domain.errors import RunNotFound
from domain.run import Run, RunEvent, RunFinished, RunId, answer_of
from domain.step import RunWaiting
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.problems import RunFailed
from entrypoints.http.runs import RunPath
from entrypoints.http.schemas import RunOut
from entrypoints.http.streaming import unless_client_leaves
from entrypoints.http.workflow_schemas import WorkflowOut, WorkflowRunOut, outputs_in

router = APIRouter(tags=["workflows"])

NamePath = Annotated[str, Path(description="a workflow's name", max_length=100, examples=["blog"])]
BLOG = {"topic": "Why rivers bend", "target_audience": "curious adults", "word_count": 300}
Inputs = Annotated[dict[str, Any], Body(description="by the workflow's own schema", examples=[BLOG])]
MISSING = problems(errors.WorkflowNotFound, errors.WorkflowInvalid)


@router.get("/workflows", responses=problems(), summary="List workflows")
async def list_workflows(services: Services, caller: Caller) -> list[WorkflowOut]:
    """Each with the schema of its inputs, its steps, and its graph as Mermaid text."""
    catalogue = services.workflows()
    return [WorkflowOut.of(catalogue.get(name)) for name in catalogue.names()]


@router.get("/workflows/{name}", responses=MISSING, summary="Look at a workflow")
async def get_workflow(name: NamePath, services: Services, caller: Caller) -> WorkflowOut:
    """The schema of its inputs, its steps, and its graph as Mermaid text."""
    return WorkflowOut.of(services.workflows().get(name))


@router.post("/workflows/{name}/runs", status_code=202, responses=MISSING, summary="Start a workflow")
async def start_workflow(name: NamePath, inputs: Inputs, services: Services, caller: Caller, key: OnceKey) -> RunOut:
    """Follow it live at `/runs/{id}/events`, whose events name each step as it starts and ends."""
    return RunOut.of(await services.start_workflow()(caller, name, inputs, key=key))


@router.get("/workflows/runs/{id}", responses=problems(errors.RunNotFound), summary="Look at a workflow's run")
async def get_workflow_run(id: RunPath, services: Services, caller: Caller) -> WorkflowRunOut:
    """The state and the output of each step, and the graph as it is now."""
    return WorkflowRunOut.of(*await services.get_workflow_run()(caller, RunId(id)))


@router.post(
    "/workflow/{name}",
    responses={
        200: {"description": "The outputs, by name", "content": {"application/json": {"schema": {"type": "object"}}}},
        202: {"description": "The run waits for a person: see `/approvals`", "model": RunOut},
        **problems(
            errors.WorkflowNotFound, errors.WorkflowInvalid, errors.TooBusy, errors.KeyInUse, errors.ProviderUnavailable
        ),
    },
    response_class=Response,
    summary="Run a workflow and wait for what it makes",
)
async def run_workflow(
    name: NamePath, inputs: Inputs, request: Request, services: Services, caller: Caller, key: OnceKey
) -> Response:
    """`/workflow/blog` answers `{research, outline, draft, final}`. The run goes on if you leave."""
    run = await services.start_workflow()(caller, name, inputs, key=key)
    outputs = await unless_client_leaves(request, _outputs(services, run))
    headers = {"X-Run-Id": str(run.id)}
    if outputs is None:
        run = await services.get_run()(caller, run.id)
        return JSONResponse(RunOut.of(run).model_dump(mode="json"), status_code=202, headers=headers)
    return JSONResponse(outputs, headers=headers)


async def _outputs(services: Services, run: Run) -> dict[str, Any] | None:
    """What the run answers; None when it waits for a person. Raise RunFailed."""
    events: list[RunEvent] = []
    async with aclosing(services.run_reader().follow(run)) as batches:
        async for batch in batches:
            events += [numbered.event for numbered in batch]
            if isinstance(events[-1], RunWaiting):
                return None
    if not (events and isinstance(outcome := events[-1], RunFinished)):
        raise RunNotFound(run.id)
    if outcome.problem:
        raise RunFailed(run, outcome.problem)
    return outputs_in(text_of(answer_of(events)))
