"""The chunks of a streamed chat completion."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

LARGEST_COUNT = 2**31 - 1


class Function(msgspec.Struct, gc=False):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class CallPiece(msgspec.Struct, gc=False):
    index: int | None = None
    id: str | None = None
    function: Function | None = None


class Delta(msgspec.Struct, gc=False):
    content: str | list[Any] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[CallPiece] | None = None


class Choice(msgspec.Struct, gc=False):
    delta: Delta | None = None
    finish_reason: str | None = None


class Chunk(msgspec.Struct, gc=False):
    id: str | None = None
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
    return msgspec.convert(_storable(patiently_read(data)), Chunk)


def patiently_read(data: bytes) -> Any:
    """JSON with the faults that servers make: bytes that are not UTF-8, control characters, NaN."""
    return json.loads(data.decode(errors="replace"), strict=False, parse_constant=lambda _: None)


def checked_json(decoder: msgspec.json.Decoder[T], data: bytes) -> tuple[T, bytes]:
    """What the decoder makes of it, and the bytes, mended if any JSON reader could stumble over them.

    Raise ValueError or RecursionError when it is not what the decoder reads.
    """
    try:
        if not data.isascii():
            data.decode()
        return decoder.decode(data), data
    except ValueError:
        document = patiently_read(data)
        return msgspec.convert(document, decoder.type), json.dumps(document).encode()


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


def words_in(pieces: list[Any]) -> tuple[str, str]:
    """The text and the reasoning of a content that comes in typed pieces."""
    text, reasoning = "", ""
    for piece in pieces:
        if isinstance(piece, dict):
            text += _string(piece.get("text"))
            thoughts = piece.get("thinking")
            reasoning += words_in(thoughts)[0] if isinstance(thoughts, list) else _string(thoughts)
    return text, reasoning


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
