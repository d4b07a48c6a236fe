"""Parts, events and settings as JSON text, and back without loss. The names are stored: never change one."""

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import msgspec

from domain.citation import Citation, CitingEvent, SourceCited, SourcesChecked
from domain.conversation import Image, Part, ProviderState, Reasoning, Text, ToolCall, ToolResult, text_of
from domain.run import (
    DEFAULTS,
    AnswerReset,
    Problem,
    ReasoningDelta,
    RunEvent,
    RunFinished,
    RunSettings,
    RunStatus,
    TextDelta,
)
from domain.step import (
    ApprovalDecided,
    ApprovalRequested,
    RunWaiting,
    StepEvent,
    StepFinished,
    StepProgress,
    StepStarted,
    ToolFinished,
    ToolStarted,
)
from domain.tool import ToolCallDelta
from domain.usage import Usage

_STEP_EVENTS: dict[str, type[StepEvent | CitingEvent]] = {
    "source_cited": SourceCited,
    "sources_checked": SourcesChecked,
    "step_started": StepStarted,
    "step_progress": StepProgress,
    "step_finished": StepFinished,
    "tool_started": ToolStarted,
    "tool_finished": ToolFinished,
    "approval_requested": ApprovalRequested,
    "approval_decided": ApprovalDecided,
    "waiting": RunWaiting,
}
_STEP_EVENT_NAMES = {event: name for name, event in _STEP_EVENTS.items()}
_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder()

_PARTS: dict[str, type[Part]] = {
    "text": Text,
    "reasoning": Reasoning,
    "tool_call": ToolCall,
    "tool_result": ToolResult,
    "image": Image,
}
_PART_NAMES = {part: name for name, part in _PARTS.items()}
_PART_FIELDS: dict[type[Part], tuple[str, ...]] = {
    Text: ("text", "phase"),
    Reasoning: ("text",),
    ToolCall: ("id", "name", "arguments"),
    ToolResult: ("call_id", "content"),
    Image: ("url", "detail"),
}
_CALL_FIELDS = ("id", "name", "arguments")
_USAGE_DETAILS = ("cached_tokens", "cache_write_tokens", "reasoning_tokens")


def to_json(value: Any) -> str:
    try:
        return _encoder.encode(value).decode()
    except UnicodeEncodeError:  # half of a surrogate pair, which a model may say: one answer must not stop the log
        return json.dumps(value)


def from_json(text: str) -> Any:
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def storable(text: str) -> str:
    """The text as any text column takes it: without NUL, and with U+FFFD for half of a surrogate pair."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def parts_to_columns(parts: tuple[Part, ...]) -> tuple[str, str | None]:
    """`content`, which is searched, and `parts`, which is None when `content` says it all."""
    content = storable(text_of(parts))
    if parts == (Text(content),):
        return content, None
    return content, to_json([_part_to_json(part) for part in parts])


def parts_from_columns(content: str, parts: str | None) -> tuple[Part, ...]:
    if parts is None:
        return (Text(content),)
    return tuple(_part_from_json(part) for part in from_json(parts))


def settings_to_json(settings: RunSettings) -> str | None:
    """What is not as in every run; None when nothing is."""
    if settings == DEFAULTS:
        return None
    named = ((field.name, getattr(settings, field.name)) for field in fields(settings))
    changed = {name: value for name, value in named if value != getattr(DEFAULTS, name)}
    return to_json(msgspec.to_builtins(changed))


def settings_from_json(text: str | None) -> RunSettings:
    return DEFAULTS if text is None else msgspec.convert(from_json(text), RunSettings)


def events_to_json(events: Iterable[RunEvent]) -> str:
    return to_json([_event_to_json(event) for event in events])


def events_from_json(text: str) -> list[RunEvent]:
    return [_event_from_json(event) for event in from_json(text)]


def usage_to_json(usage: Usage) -> str:
    return to_json(_usage_to_names(usage))


def usage_from_json(text: str) -> Usage:
    return _usage_from_names(from_json(text))


def _part_to_json(part: Part) -> dict[str, Any]:
    kind = type(part)
    named = ((name, getattr(part, name)) for name in _PART_FIELDS[kind])
    out: dict[str, Any] = {"type": _PART_NAMES[kind]} | {name: value for name, value in named if value is not None}
    if state := part.provider_state:
        out["provider_state"] = _state_to_json(state)
    if isinstance(part, Text) and part.citations:
        out["citations"] = msgspec.to_builtins(part.citations)
    return out


def _part_from_json(part: dict[str, Any]) -> Part:
    kind = _PARTS[part["type"]]
    values: dict[str, Any] = {name: part[name] for name in _PART_FIELDS[kind] if name in part}
    if "citations" in part:
        values["citations"] = msgspec.convert(part["citations"], tuple[Citation, ...])
    return kind(**values, provider_state=_state_in(part, "provider_state"))


def _state_to_json(state: ProviderState) -> dict[str, Any]:
    return {"provider": state.provider, "data": state.data} | ({"model": state.model} if state.model else {})


def _state_in(value: dict[str, Any], name: str) -> ProviderState | None:
    state = value.get(name)
    return ProviderState(state["provider"], state["data"], state.get("model", "")) if state else None


def _event_to_json(event: RunEvent) -> dict[str, Any]:
    if isinstance(event, RunFinished):
        return {"type": "finished"} | _outcome_to_json(event)
    if isinstance(event, AnswerReset):
        return {"type": "reset", "parts": [_part_to_json(part) for part in event.parts]}
    if isinstance(event, ToolCallDelta):
        said = {name: value for name in _CALL_FIELDS if (value := getattr(event, name))}
        return {"type": "tool_call", "index": event.index} | said | _stateful(event)
    if isinstance(event, ReasoningDelta):
        return {"type": "reasoning", "text": event.text} | _stateful(event)
    if not isinstance(event, TextDelta):
        named: dict[str, Any] = msgspec.to_builtins(event)
        said = {name: value for name, value in named.items() if value is not None}
        return {"type": _STEP_EVENT_NAMES[type(event)]} | said
    return {"type": "text", "text": event.text}


def _stateful(event: ReasoningDelta | ToolCallDelta) -> dict[str, Any]:
    return {"state": _state_to_json(event.state)} if event.state else {}


def _event_from_json(event: dict[str, Any]) -> RunEvent:
    if event["type"] == "finished":
        return _outcome_from_json(event)
    if event["type"] == "reset":
        return AnswerReset(tuple(_part_from_json(part) for part in event["parts"]))
    if event["type"] == "tool_call":
        said = {name: event.get(name, "") for name in _CALL_FIELDS}
        return ToolCallDelta(event["index"], **said, state=_state_in(event, "state"))
    if event["type"] == "reasoning":
        return ReasoningDelta(event["text"], _state_in(event, "state"))
    if step := _STEP_EVENTS.get(event["type"]):
        return msgspec.convert(event, step)
    return TextDelta(event["text"])


def _outcome_to_json(outcome: RunFinished) -> dict[str, Any]:
    """What has nothing to say is left out."""
    out: dict[str, Any] = {"status": outcome.status.value}
    if outcome.finish_reason is not None:
        out["finish_reason"] = outcome.finish_reason
    if problem := outcome.problem:
        out["problem"] = {"code": problem.code, "message": problem.message}
    if usage := outcome.usage:
        out["usage"] = _usage_to_names(usage)
    if outcome.answered_by:
        out["answered_by"] = outcome.answered_by
    if outcome.dropped:
        out["dropped"] = outcome.dropped
    return out


def _outcome_from_json(outcome: dict[str, Any]) -> RunFinished:
    problem, usage = outcome.get("problem"), outcome.get("usage")
    return RunFinished(
        RunStatus(outcome["status"]),
        outcome.get("finish_reason"),
        Problem(problem["code"], problem["message"]) if problem else None,
        _usage_from_names(usage) if usage else None,
        outcome.get("answered_by"),
        tuple(outcome.get("dropped", ())),
    )


def _usage_to_names(usage: Usage) -> dict[str, Any]:
    details = {name: count for name in _USAGE_DETAILS if (count := getattr(usage, name))}
    counts = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    return counts | details | {"raw": usage.raw}


def _usage_from_names(usage: dict[str, Any]) -> Usage:
    details = {name: usage.get(name, 0) for name in _USAGE_DETAILS}
    return Usage(usage["input_tokens"], usage["output_tokens"], usage["raw"], **details)
