"""Approvals: the questions that runs put to people."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from domain import errors
from domain.approval import ApprovalId, ApprovalStatus
from domain.conversation import storable
from domain.run import RunId
from entrypoints.http.agent_schemas import ApprovalOut, DecisionBody
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.paging import link_next
from entrypoints.http.schemas import Id

router = APIRouter(prefix="/approvals", tags=["approvals"])

ApprovalPath = Annotated[Id, Path(description="an approval's id", examples=[1])]


@router.get("", responses=problems(errors.RunNotFound), summary="List approvals, newest first")
async def list_approvals(
    request: Request,
    response: Response,
    services: Services,
    caller: Caller,
    status: Annotated[ApprovalStatus | None, Query(description="all if not given")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Annotated[Id | None, Query(description="only ids below this one: the cursor")] = None,
    run_id: Annotated[Id | None, Query(description="all of this run, whatever else is asked for")] = None,
) -> list[ApprovalOut]:
    """`?status=pending` are those that wait for you. A run waits for days if it must, and holds no process."""
    if run_id is not None:
        return [ApprovalOut.of(each) for each in reversed(await services.list_run_approvals()(caller, RunId(run_id)))]
    cursor = ApprovalId(before) if before else None
    page, more = await services.list_approvals()(caller, status=status, before=cursor, limit=limit)
    if more:
        link_next(request, response, before=page[-1].id)
    return [ApprovalOut.of(approval) for approval in page]


@router.get("/{id}", responses=problems(errors.ApprovalNotFound), summary="Look at an approval")
async def get_approval(id: ApprovalPath, services: Services, caller: Caller) -> ApprovalOut:
    """Also one that is closed: `status` says how."""
    return ApprovalOut.of(await services.get_approval()(caller, ApprovalId(id)))


@router.post(
    "/{id}",
    responses=problems(errors.ApprovalNotFound, errors.ApprovalClosed),
    summary="Approve or reject a call of a tool",
)
async def decide_approval(id: ApprovalPath, body: DecisionBody, services: Services, caller: Caller) -> ApprovalOut:
    """Exactly one decision wins; every other gets 409, which names the winner. The run goes on at once.

    `arguments` replace those that the model wrote; `reason` is told to the model.
    """
    decided = await services.decide_approval()(
        caller,
        ApprovalId(id),
        approved=body.decision == "approve",
        arguments=body.arguments,
        comment=storable(body.reason, field="reason") if body.reason else None,
        arguments_hash=body.arguments_hash,
    )
    return ApprovalOut.of(decided)
