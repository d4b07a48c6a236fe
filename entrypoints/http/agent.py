"""Agents: an answer with the help of tools, and sessions that work on their own."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from application.agents.sessions import SessionId
from domain import errors
from domain.conversation import PromptMessage, Role, Text, citations_in, storable, text_of
from domain.errors import SessionNotFound
from domain.idempotency import StoredAnswer
from domain.run import RunStatus, answer_of
from entrypoints.http.agent_schemas import (
    AgentBody,
    AgentOut,
    CancelledOut,
    FewWords,
    InstructedOut,
    InstructionBody,
    SessionBody,
    SessionOut,
    SessionRunOut,
    SessionStartedOut,
    session_id,
    steps_of,
)
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.problems import RunFailed
from entrypoints.http.schemas import LARGEST_ID, CompatOut, UsageOut
from entrypoints.http.sources import SourceOut
from entrypoints.http.streaming import unless_client_leaves

router = APIRouter(prefix="/agent", tags=["agents"])

MISSING = problems(errors.SessionNotFound)
SessionPath = Annotated[str, Path(description="a session's id", max_length=30, examples=["sess_1"])]
"""It is looked for whatever it is: what is no id of ours is not found."""


@router.post(
    "",
    response_model=AgentOut,
    responses=problems(errors.KeyInUse, errors.ProviderUnavailable, errors.ProviderOverloaded, errors.ProviderTimedOut),
    summary="Answer with the help of tools; nothing is stored",
)
async def answer(body: AgentBody, request: Request, services: Services, caller: Caller, key: OnceKey) -> Response:
    """Tools run until there is an answer, within a limit of steps (then `status` is `incomplete`).

    Tools that need a person's approval are left out here: a session can wait for one.
    """
    messages = tuple(
        PromptMessage(Role(message.role), (Text(storable(message.content, field=f"messages[{i}].content")),))
        for i, message in enumerate(body.messages)
    )

    async def work() -> StoredAnswer:
        outcome, events = await services.answer_with_tools()(caller, messages, model=body.model)
        if outcome.problem and outcome.status is RunStatus.FAILED:
            raise RunFailed(None, outcome.problem)
        out = AgentOut(
            reply=text_of(answer_of(events)),
            model=body.model or services.settings().default_model,
            usage=UsageOut.of(outcome.usage),
            steps=steps_of(events),
            status=outcome.status,
            finish_reason=outcome.problem.code if outcome.problem else outcome.finish_reason,
            compat=CompatOut.of(outcome.dropped),
            sources=[SourceOut.of(citation) for citation in citations_in(answer_of(events))],
        )
        return StoredAnswer(200, "application/json", out.model_dump_json().encode())

    answer = await unless_client_leaves(request, services.answer_once()(key, work))
    return Response(answer.body, answer.status, media_type=answer.media_type)


@router.post(
    "/sessions",
    responses=problems(errors.TooBusy),
    summary="Start a session: an agent that works on by itself",
)
async def start_session(
    services: Services,
    caller: Caller,
    key: OnceKey,
    body: SessionBody | None = None,
    initial_prompt: Annotated[FewWords | None, Query(description="instead of a body")] = None,
) -> SessionStartedOut:
    """It works whether or not anybody looks, survives restarts, and waits for approvals without a process."""
    body = body or SessionBody()
    prompt = initial_prompt if body.initial_prompt is None else body.initial_prompt
    tools = None if body.tools is None else tuple(body.tools)
    if prompt is not None:
        storable(prompt, field="initial_prompt")
    id = await services.start_session()(caller, prompt=prompt, tools=tools, model=body.model, key=key)
    return SessionStartedOut(session_id=session_id(id))


@router.get("/sessions/{id}", responses=MISSING, summary="Look at a session, also in the middle of its work")
async def get_session(id: SessionPath, services: Services, caller: Caller) -> SessionOut:
    """`current_task` is what it works on; `pending_approvals` are decided at `/approvals/{id}`."""
    return SessionOut.of(await services.get_session()(caller, _session(id)))


@router.post("/sessions/{id}/messages", responses=MISSING, summary="Say something to a session")
async def instruct_session(
    id: SessionPath,
    services: Services,
    caller: Caller,
    key: OnceKey,
    body: InstructionBody | None = None,
    message: Annotated[FewWords | None, Query(description="instead of a body")] = None,
) -> InstructedOut:
    """While it works, the message is seen at its next step: the run under way makes way for the message's own."""
    words = body.message if body else message
    storable(words or "", field="message")
    run = await services.instruct_session()(caller, _session(id), words or "", key=key)
    return InstructedOut(run_id=run.id)


@router.post("/sessions/{id}/pause", responses=MISSING, summary="Let a session stop after its present step")
async def pause_session(id: SessionPath, services: Services, caller: Caller) -> SessionRunOut:
    """Nothing is lost: it goes on from there when it is resumed."""
    return SessionRunOut.of(_session(id), await services.pause_session()(caller, _session(id), paused=True))


@router.post("/sessions/{id}/resume", responses=MISSING, summary="Let a paused session go on")
async def resume_session(id: SessionPath, services: Services, caller: Caller) -> SessionRunOut:
    """With the step after the one that it finished."""
    return SessionRunOut.of(_session(id), await services.pause_session()(caller, _session(id), paused=False))


@router.post("/sessions/{id}/cancel", responses=MISSING, summary="Stop what a session does")
async def cancel_session(id: SessionPath, services: Services, caller: Caller) -> CancelledOut:
    """Idempotent. What was done stays; messages that waited for their turn are given up too."""
    stopped = await services.cancel_session()(caller, _session(id))
    return CancelledOut(session_id=id, cancelled=[run.id for run in stopped])


def _session(id: str) -> SessionId:
    number = id.removeprefix("sess_")
    if not (number.isascii() and number.isdigit() and 0 < int(number) <= LARGEST_ID):
        raise SessionNotFound(id)
    return SessionId(int(number))
