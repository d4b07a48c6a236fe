"""The wire shapes of agents, their sessions, and approvals."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StrictStr

from application.agents.get_session import Session
from domain.approval import COMMENT_CHARACTERS, Approval
from domain.conversation import MESSAGE_CHARACTERS, ToolCall
from domain.run import Run, RunEvent, answer_of
from domain.step import ToolFinished
from entrypoints.http.schemas import Body, ChatMessage, CompatOut, ModelName, Out, UsageOut, body_example
from entrypoints.http.sources import SourceOut

Words = Annotated[StrictStr, Field(min_length=1, max_length=MESSAGE_CHARACTERS)]
FewWords = Annotated[StrictStr, Field(min_length=1, max_length=10_000)]
"""As many as an address has room for."""
ToolName = Annotated[StrictStr, Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]


class AgentBody(Body):
    model_config = body_example({"messages": [{"role": "user", "content": "What is 12.5 % of 240?"}]})

    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=1000)]
    model: ModelName | None = None


class StepOut(Out):
    tool: str
    arguments: Any = Field(description="as the model wrote them: an object, or a string when they are no JSON")
    result: str | None
    is_error: bool


class AgentOut(Out):
    reply: str
    model: str
    usage: UsageOut | None
    steps: list[StepOut]
    status: str
    finish_reason: str | None
    compat: CompatOut | None = Field(default=None, exclude_if=lambda value: value is None)
    sources: list[SourceOut] = Field(
        default=[], exclude_if=lambda value: not value, description="what the reply cites as `[rank]`"
    )


def steps_of(events: list[RunEvent]) -> list[StepOut]:
    """Each call of a tool with what came of it, in the order of the calls."""
    results = {event.call_id: event for event in events if isinstance(event, ToolFinished)}
    calls = [part for part in answer_of(events) if isinstance(part, ToolCall)]
    return [_step(call, results.get(call.id)) for call in calls]


def _step(call: ToolCall, result: ToolFinished | None) -> StepOut:
    return StepOut(
        tool=call.name,
        arguments=json_or_text(call.arguments),
        result=result.content if result else None,
        is_error=result is not None and result.is_error,
    )


def json_or_text(words: str) -> Any:
    try:
        return json.loads(words or "{}")
    except (ValueError, RecursionError):
        return words


# --- sessions -----------------------------------------------------------------------------------------------------


class SessionBody(Body):
    model_config = body_example({"initial_prompt": "What is 12.5 % of 240?", "tools": ["calculator"]})

    initial_prompt: Words | None = None
    tools: Annotated[list[ToolName], Field(max_length=128)] | None = Field(
        default=None, description="the names of the tools it may use; all there are if not given"
    )
    model: ModelName | None = None


class SessionStartedOut(Out):
    session_id: str


class SessionMessageOut(Out):
    role: str
    content: str


class ApprovalOut(Out):
    """`arguments_hash` binds a decision to these arguments, if you send it along."""

    id: int
    run_id: int
    conversation_id: int
    call_id: str
    tool: str
    arguments: Any
    arguments_hash: str
    reason: Literal["required", "unknown_outcome"] = Field(
        description="`unknown_outcome`: the call was interrupted, and may have been carried out already"
    )
    status: Literal["pending", "approved", "rejected", "expired", "void"]
    requested_at: datetime
    expires_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    decided_arguments: Any
    comment: str | None

    @classmethod
    def of(cls, approval: Approval) -> Self:
        request, decision = approval.request, approval.decision
        edited = decision.arguments if decision else None
        return cls(
            id=approval.id,
            run_id=request.run_id,
            conversation_id=approval.conversation_id,
            call_id=request.call_id,
            tool=request.tool,
            arguments=json_or_text(request.arguments),
            arguments_hash=approval.arguments_hash,
            reason=request.reason.value,
            status="void" if approval.is_void else approval.status.value,
            requested_at=request.requested_at,
            expires_at=request.expires_at,
            decided_at=decision.at if decision else None,
            decided_by=decision.by if decision else None,
            decided_arguments=None if edited is None else json_or_text(edited),
            comment=decision.comment if decision else None,
        )


class SessionOut(Out):
    session_id: str
    conversation_id: int
    run_id: int | None = Field(description="the run at work, else the last one: follow it at `/runs/{id}/events`")
    status: Literal["idle", "running", "waiting", "done", "error"]
    paused: bool
    messages: list[SessionMessageOut]
    current_task: str | None
    pending_approvals: list[ApprovalOut]

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            session_id=session_id(session.conversation.id),
            conversation_id=session.conversation.id,
            run_id=session.run.id if session.run else None,
            status=session.status.value,
            paused=session.run is not None and session.run.paused and session.run.status.is_active,
            messages=[SessionMessageOut(role=message.role, content=message.text) for message in session.messages],
            current_task=session.task,
            pending_approvals=[ApprovalOut.of(approval) for approval in session.pending],
        )


class InstructionBody(Body):
    model_config = body_example({"message": "Round the result."})

    message: Words


class InstructedOut(Out):
    status: Literal["queued"] = "queued"
    run_id: int


class SessionRunOut(Out):
    """`run_id` and `run_status` are null when nothing was active."""

    session_id: str
    run_id: int | None
    run_status: str | None
    paused: bool

    @classmethod
    def of(cls, id: int, run: Run | None) -> Self:
        return cls(
            session_id=session_id(id),
            run_id=run.id if run else None,
            run_status=run.status.value if run else None,
            paused=run is not None and run.paused,
        )


class CancelledOut(Out):
    session_id: str
    cancelled: list[int] = Field(description="the runs that were stopped")


class DecisionBody(Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"decision": "approve"}, {"decision": "reject", "reason": "not today"}]},
    )

    decision: Literal["approve", "reject"]
    arguments: dict[str, Any] | None = Field(default=None, description="in the place of those that the model wrote")
    reason: Annotated[StrictStr, Field(max_length=COMMENT_CHARACTERS)] | None = None
    arguments_hash: Annotated[StrictStr, Field(max_length=64)] | None = None


def session_id(conversation_id: int) -> str:
    return f"sess_{conversation_id}"
