"""A streamed chat completion: server-sent events whose data is a chunk."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from application.chat.stream_chat import OpenedRelay
from application.ports.language_model import ModelEvent, ModelFinished
from application.provider_names import name_to_say
from domain.errors import Refusal
from domain.run import AnswerReset, ReasoningDelta, TextDelta
from domain.tool import ToolCallDelta
from entrypoints.compat import compat_of
from entrypoints.http.problems import refusal_body
from entrypoints.openai.encoders.usage import finish_reason_of, usage_of
from entrypoints.openai.errors import error_of

MEDIA_TYPE = "text/event-stream"
DONE = b"data: [DONE]\n\n"
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Heading:
    """What all chunks of an answer have in common."""

    id: str
    created: int
    model: str
    include_usage: bool


async def chunks(
    batches: AsyncIterable[list[ModelEvent]], heading: Heading, request_id: str
) -> AsyncGenerator[bytes, None]:
    """A model's answer; `[DONE]` comes only after the proof that it is whole, else one error."""
    piece = opening(heading)
    try:
        async for batch in batches:
            yield piece + encoded(batch, heading)
            piece = b""
    except Refusal as refusal:
        yield error_event(refusal, request_id)


async def relayed(opened: OpenedRelay, request_id: str) -> AsyncGenerator[bytes, None]:
    """A provider's own chunks, as they are."""
    yield opened.first
    try:
        async for events in opened.rest:
            yield events
    except Refusal as refusal:
        yield error_event(refusal, request_id)


def opening(heading: Heading) -> bytes:
    return _chunk(heading, {"role": "assistant", "content": ""})


def encoded(events: Iterable[ModelEvent], heading: Heading) -> bytes:
    return b"".join([_event(event, heading) for event in events])


def error_event(refusal: Refusal, request_id: str) -> bytes:
    """How a stream ends that is not whole: clients raise it as the error that it is."""
    return problem_event(refusal_body(refusal, request_id))


def problem_event(problem: Mapping[str, Any]) -> bytes:
    return _data({"error": error_of(problem)})


def _event(event: ModelEvent, heading: Heading) -> bytes:
    match event:
        case TextDelta(text):
            return _chunk(heading, {"content": text})
        case ReasoningDelta(text):
            return _chunk(heading, {"reasoning_content": text}) if text else b""
        case ToolCallDelta():
            return _chunk(heading, {"tool_calls": [_call(event)]})
        case AnswerReset():
            return b""  # which a chat completion cannot say, so that nobody asks a model for it on its behalf
        case ModelFinished():
            return _ending(event, heading)


def _call(piece: ToolCallDelta) -> dict[str, Any]:
    if not piece.id:
        return {"index": piece.index, "function": {"arguments": piece.arguments}}
    function = {"name": piece.name, "arguments": piece.arguments}
    return {"index": piece.index, "id": piece.id, "type": "function", "function": function}


def _ending(finished: ModelFinished, heading: Heading) -> bytes:
    """The last chunk says which model really answered, and what a switch left out."""
    heading = replace(heading, model=name_to_say(heading.model, finished.answered_by))
    last = _chunk(heading, {}, finish_reason_of(finished), **compat_of(finished.dropped))
    if heading.include_usage:
        last += _data({**_head(heading), "choices": [], "usage": usage_of(finished)})
    return last + DONE


def _chunk(heading: Heading, delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    usage = {"usage": None} if heading.include_usage else {}
    return _data({**_head(heading), "choices": [choice], **usage, **more})


def _head(heading: Heading) -> dict[str, Any]:
    return {
        "id": heading.id,
        "object": "chat.completion.chunk",
        "created": heading.created,
        "model": heading.model,
    }


def _data(document: dict[str, Any]) -> bytes:
    return b"data: %b\n\n" % _encode(document)
