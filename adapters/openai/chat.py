"""The chat completions dialect: a request as JSON, and the chunks of a streamed answer."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from application.ports.language_model import JsonSchema, ModelRequest

LARGEST_COUNT = 2**31 - 1


class Delta(msgspec.Struct, gc=False):
    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class Choice(msgspec.Struct, gc=False):
    delta: Delta | None = None
    finish_reason: str | None = None


class Chunk(msgspec.Struct, gc=False):
    choices: list[Choice] | None = None
    model: str | None = None
    usage: dict[str, Any] | None = None
    error: Any = None


DECODER = msgspec.json.Decoder(Chunk)


def chunk_of(data: bytes) -> Chunk:
    """Raise ValueError or RecursionError when it is no chunk. Its text can be stored: no NUL, no half of a pair."""
    if b"\\u0000" not in data:
        try:
            return DECODER.decode(data)
        except ValueError:
            pass  # perhaps only half of a surrogate pair, a NaN or a byte that is not UTF-8: read it with patience
    document = json.loads(data.decode(errors="replace"), strict=False, parse_constant=lambda _: None)
    return msgspec.convert(_storable(document), Chunk)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value


def count_in(usage: Mapping[str, Any], name: str) -> int:
    """A count of tokens, or 0 where the provider gave nothing that can be one."""
    value = usage.get(name)
    return value if isinstance(value, int) and 0 <= value <= LARGEST_COUNT else 0


def body_of(request: ModelRequest, *, stream_options: bool, completion_tokens: bool) -> bytes:
    """The request as JSON, always streamed. What earlier answers reasoned is not sent back."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [{"role": message.role.value, "content": message.text} for message in request.messages],
        "stream": True,
    }
    if stream_options:
        body["stream_options"] = {"include_usage": True}
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.max_tokens is not None:
        body["max_completion_tokens" if completion_tokens else "max_tokens"] = request.max_tokens
    if request.json_schema is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": _schema_format(request.json_schema)}
    return msgspec.json.encode(body)


def _schema_format(asked: JsonSchema) -> dict[str, Any]:
    return {"name": asked.name, "schema": asked.schema, "strict": _is_strict(asked.schema)}


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
