"""A request as the chat completions dialect spells it."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from application.ports.language_model import ModelRequest
from domain.conversation import Image, PromptMessage, Reasoning, Role, Text, ToolCall, ToolResult
from domain.tool import ANY_OBJECT, JsonSchema, NamedTool, ToolChoice, ToolSpec

SHORT_ID = re.compile(r"[a-zA-Z0-9]{9}")


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server wants to be asked: what it will not take is left out or spelt its way."""

    stream_options: bool = True
    completion_tokens: bool = False
    short_call_ids: bool = False
    left_out: frozenset[str] = frozenset()


def body_of(request: ModelRequest, manners: Manners) -> bytes:
    """The request as JSON, always streamed. Of earlier reasoning goes back what the server asked for."""
    messages = [each for message in request.messages for each in _messages_of(message)]
    if manners.short_call_ids:
        _shorten_ids(messages)
    body: dict[str, Any] = {**request.extra, "model": request.model, "messages": messages, "stream": True}
    limit = "max_completion_tokens" if manners.completion_tokens else "max_tokens"
    optional = {
        "stream_options": {"include_usage": True} if manners.stream_options else None,
        "temperature": request.temperature if "temperature" not in manners.left_out else None,
        "top_p": request.top_p if "top_p" not in manners.left_out else None,
        limit: request.max_tokens,
        "stop": list(request.stop) or None,
        "seed": request.seed,
        "tools": [_tool_of(tool) for tool in request.tools] or None,
        "tool_choice": _choice_of(request.tool_choice) if request.tool_choice else None,
        "parallel_tool_calls": request.parallel_tool_calls,
        "response_format": _format_of(request.json_schema) if request.json_schema else None,
    }
    return msgspec.json.encode(body | {name: value for name, value in optional.items() if value is not None})


def has_calls(request: ModelRequest) -> bool:
    return any(isinstance(part, ToolCall) for message in request.messages for part in message.parts)


def _messages_of(message: PromptMessage) -> Iterable[dict[str, Any]]:
    """One, but for the results of tools, each of which is a message of its own."""
    if message.role is Role.TOOL:
        for part in message.parts:
            if isinstance(part, ToolResult):
                yield {"role": "tool", "tool_call_id": part.call_id, "content": part.content}
        return
    out: dict[str, Any] = {"role": message.role.value, "content": _content_of(message)}
    if calls := [_call_of(part) for part in message.parts if isinstance(part, ToolCall)]:
        out |= {"content": message.text or None, "tool_calls": calls}
    yield out | _thoughts_of(message)


def _thoughts_of(message: PromptMessage) -> dict[str, Any]:
    """In the fields in which they came."""
    out: dict[str, Any] = {}
    for part in message.parts:
        data = part.provider_state.data if isinstance(part, Reasoning) and part.provider_state else {}
        if details := data.get("reasoning_details"):
            out["reasoning_details"] = [*out.get("reasoning_details", ()), *details]
        elif (field := data.get("field")) and isinstance(part, Reasoning):
            out[field] = out.get(field, "") + part.text
    return out


def _content_of(message: PromptMessage) -> str | list[dict[str, Any]]:
    if not any(isinstance(part, Image) for part in message.parts):
        return message.text
    return [_piece_of(part) for part in message.parts if isinstance(part, (Text, Image))]


def _piece_of(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    return {"type": "image_url", "image_url": {"url": part.url} | ({"detail": part.detail} if part.detail else {})}


def _call_of(call: ToolCall) -> dict[str, Any]:
    own = {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
    extra = call.provider_state.data.get("extra_content") if call.provider_state else None
    return own | {"extra_content": extra} if extra else own


def _shorten_ids(messages: Iterable[dict[str, Any]]) -> None:
    """To nine letters and digits, which every server takes."""
    for message in messages:
        for call in message.get("tool_calls", ()):
            call["id"] = _short(call["id"])
        if "tool_call_id" in message:
            message["tool_call_id"] = _short(message["tool_call_id"])


def _short(id: str) -> str:
    return id if SHORT_ID.fullmatch(id) else hashlib.sha256(id.encode()).hexdigest()[:9]


def _tool_of(tool: ToolSpec) -> dict[str, Any]:
    known = {"description": tool.description or None, "parameters": tool.parameters, "strict": tool.strict}
    function = {"name": tool.name} | {name: value for name, value in known.items() if value is not None}
    return {"type": "function", "function": function}


def _choice_of(choice: ToolChoice) -> str | dict[str, Any]:
    if isinstance(choice, NamedTool):
        return {"type": "function", "function": {"name": choice.name}}
    return choice.value


def _format_of(asked: JsonSchema) -> dict[str, Any]:
    if asked == ANY_OBJECT:
        return {"type": "json_object"}
    strict = _is_strict(asked.schema) if asked.strict is None else asked.strict
    return {"type": "json_schema", "json_schema": {"name": asked.name, "schema": asked.schema, "strict": strict}}


def _is_strict(schema: Any) -> bool:
    """Strict servers refuse a schema with an object that is open or has optional properties: then ask less of them."""
    if isinstance(schema, list):
        return all(map(_is_strict, schema))
    if not isinstance(schema, Mapping):
        return True
    if schema.get("type") == "object" or "properties" in schema:
        closed = schema.get("additionalProperties") is False
        if not closed or set(schema.get("required", ())) != set(schema.get("properties", ())):
            return False
    return all(map(_is_strict, schema.values()))
