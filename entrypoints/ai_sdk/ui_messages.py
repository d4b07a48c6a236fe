"""Stored messages as a page holds them: an answer, the results of its calls and what it then said are one message."""

from collections.abc import Iterable, Sequence
from mimetypes import guess_type
from typing import Any

from domain.conversation import Image, Message, MessageStatus, Reasoning, Role, Text, ToolCall, ToolResult
from entrypoints.ai_sdk.answer_fold import NOT_JSON
from entrypoints.ai_sdk.ids import ui_call_id, ui_message_id, ui_part_id
from entrypoints.ai_sdk.sources import source_document
from entrypoints.ai_sdk.values import output_of, parsed

UIPart = dict[str, Any]
UIMessage = dict[str, Any]
ROLES = {Role.SYSTEM: "system", Role.USER: "user"}


def ui_messages(messages: Sequence[Message]) -> list[UIMessage]:
    """Oldest first. Answers without a word are left out: the page shows the question, and it can be asked again."""
    shown = [_ui_message(group) for group in grouped(messages)]
    return [message for message in shown if message["parts"]]


def grouped(messages: Sequence[Message]) -> list[list[Message]]:
    """What makes one message of a page: a question; or an answer, results of its calls, the answer to these, ..."""
    groups: list[list[Message]] = []
    before = None
    for message in messages:
        goes_on = message.role is Role.TOOL or (before is Role.TOOL and message.role is Role.ASSISTANT)
        if groups and goes_on:
            groups[-1].append(message)
        else:
            groups.append([message])
        before = message.role
    return groups


def metadata_of(message: Message) -> dict[str, int | None]:
    """What a page brings along, so that its next question goes below what it shows."""
    return {"conversation_id": message.conversation_id, "run_id": message.run_id}


def tools_run_here(answer: Message) -> set[str]:
    """The names of the tools whose results are in the answer itself: Parley ran them, not the page."""
    results = {part.call_id for part in answer.parts if isinstance(part, ToolResult)}
    return {part.name for part in answer.parts if isinstance(part, ToolCall) and part.id in results}


def _ui_message(group: Sequence[Message]) -> UIMessage:
    first = group[0]
    named = {"id": ui_message_id(first.conversation_id, first.id), "role": ROLES.get(first.role, "assistant")}
    if first.role in ROLES:
        parts = [part for message in group for part in _said_by_people(message)]
    else:
        parts = _answered(group)
    answers = [message for message in group if message.role is Role.ASSISTANT]
    return {**named, "metadata": metadata_of((answers or group)[-1]), "parts": parts}


def _said_by_people(message: Message) -> Iterable[UIPart]:
    for part in message.parts:
        match part:
            case Text(text):
                yield {"type": "text", "text": text}
            case Image(url):
                yield {"type": "file", "mediaType": media_type_of(url), "url": url}


def media_type_of(url: str) -> str:
    """As a `data:` URL says, or as the name's ending lets one guess."""
    if url.startswith("data:"):
        return url[5:].partition(",")[0].partition(";")[0] or "text/plain"
    return guess_type(url)[0] or "image/*"


def _answered(group: Sequence[Message]) -> list[UIPart]:
    parts: list[UIPart] = []
    calls: dict[str, UIPart] = {}
    told = True
    for message in group:
        for place, part in enumerate(message.parts):
            if isinstance(part, ToolResult):
                told = True
                if call := calls.get(part.call_id):
                    ours = {"providerExecuted": True} if message.role is Role.ASSISTANT else {}
                    call.update(state="output-available", output=output_of(part.content), **ours)
            elif shown := _answer_part(message, place):
                parts += [{"type": "step-start"}, shown] if told else [shown]
                told = False
                if isinstance(part, ToolCall):
                    calls[part.id] = shown
                elif isinstance(part, Text):
                    parts += [source_document(message.id, citation) for citation in part.citations]
    return parts


def _answer_part(message: Message, place: int) -> UIPart | None:
    match message.parts[place]:
        case Text(text) if text:
            return {"type": "text", "text": text, "state": "done"}
        case Reasoning(text) if text:
            return {"type": "reasoning", "id": ui_part_id(message.id, place), "text": text, "state": "done"}
        case ToolCall() as call:
            named = {"type": f"tool-{call.name}", "toolCallId": ui_call_id(message.id, call.id)}
            return {**named, **_call_state(call, whole=message.status is MessageStatus.COMPLETED)}
    return None


def _call_state(call: ToolCall, *, whole: bool) -> UIPart:
    """A call that was cut off in the middle is nobody's to carry out."""
    if not whole:
        return {"state": "input-streaming", "rawInput": call.arguments}
    try:
        return {"state": "input-available", "input": parsed(call.arguments)}
    except ValueError:
        raw = call.arguments
        return {"state": "output-error", "input": raw, "rawInput": raw, "errorText": NOT_JSON}
