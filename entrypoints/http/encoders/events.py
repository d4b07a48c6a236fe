"""A run's events as they are, for those who follow the run itself."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import msgspec

from domain.citation import SourceCited, SourcesChecked
from domain.conversation import ToolCall, text_of
from domain.errors import Refusal
from domain.run import AnswerReset, NumberedEvent, ReasoningDelta, RunEvent, RunFinished, TextDelta
from domain.step import (
    ApprovalDecided,
    ApprovalRequested,
    RunWaiting,
    StepFinished,
    StepProgress,
    StepStarted,
    ToolFinished,
    ToolStarted,
)
from domain.tool import ToolCallDelta
from domain.usage import Usage
from entrypoints.http.encoders.sse import frame
from entrypoints.http.sources import source_object, sources_of

TYPE_OF: dict[type[RunEvent], str] = {
    TextDelta: "text_delta",
    ReasoningDelta: "reasoning_delta",
    ToolCallDelta: "tool_call_delta",
    AnswerReset: "answer_reset",
    SourceCited: "source_cited",
    SourcesChecked: "sources_checked",
    StepStarted: "step_started",
    StepProgress: "step_progress",
    StepFinished: "step_finished",
    ToolStarted: "tool_started",
    ToolFinished: "tool_finished",
    ApprovalRequested: "approval_requested",
    ApprovalDecided: "approval_decided",
    RunWaiting: "run_waiting",
    RunFinished: "run_finished",
}


def as_object(numbered: NumberedEvent) -> dict[str, Any]:
    """`{"seq", "type", ...}` with the event's own fields.

    An `answer_reset` begins the answer anew with its `text`, and its `tool_calls` and `sources` if it has any.
    """
    event = numbered.event
    fields = _fields(event)
    fields.pop("state", None)  # the provider's own, and nobody else's
    if isinstance(event, RunFinished | StepFinished):
        fields["usage"] = usage_object(event.usage)
    return {"seq": numbered.number, "type": TYPE_OF[type(event)], **fields}


def _fields(event: RunEvent) -> dict[str, Any]:
    match event:
        case AnswerReset():
            return _beginning(event)
        case SourceCited(citation):
            return {"source": source_object(citation)}
        case SourcesChecked(citations):
            return {"sources": [source_object(citation) for citation in citations]}
        case _:
            return asdict(event)


def _beginning(reset: AnswerReset) -> dict[str, Any]:
    calls = [
        {"id": part.id, "name": part.name, "arguments": part.arguments}
        for part in reset.parts
        if isinstance(part, ToolCall)
    ]
    return {"text": text_of(reset.parts)} | ({"tool_calls": calls} if calls else {}) | sources_of(reset.parts)


def usage_object(usage: Usage | None) -> dict[str, int] | None:
    """The tokens of an answer; what else the provider said of them is the ledger's."""
    if usage is None:
        return None
    total = {"total_tokens": usage.total_tokens}
    return {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens, **total}


def as_line(numbered: NumberedEvent) -> bytes:
    return msgspec.json.encode(as_object(numbered)) + b"\n"


def as_frame(numbered: NumberedEvent) -> bytes:
    return frame(TYPE_OF[type(numbered.event)], numbered.number, msgspec.json.encode(as_object(numbered)))


async def encoded(
    batches: AsyncIterable[list[NumberedEvent]], encode: Callable[[NumberedEvent], bytes]
) -> AsyncGenerator[bytes, None]:
    """The events as they come; where there is no going on, the stream just ends: who comes back is told why."""
    with suppress(Refusal):
        async for batch in batches:
            yield b"".join(map(encode, batch))
