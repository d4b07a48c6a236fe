"""The chunks of a streamed chat completion."""

from typing import Any

import msgspec

from adapters.http.json_text import count_in, decoder_of, detail_in
from domain.usage import Usage


class Function(msgspec.Struct, gc=False):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class CallPiece(msgspec.Struct, gc=False):
    index: int | None = None
    id: str | None = None
    function: Function | None = None
    extra_content: dict[str, Any] | None = None
    """What some want back with the call, such as a signature of the thought behind it."""


class Delta(msgspec.Struct, gc=False):
    content: str | list[Any] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[dict[str, Any]] | None = None
    """Pieces of what some want back as it was, each with the `index` of what it belongs to."""
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


chunk_of = decoder_of(Chunk)
"""Raise ValueError or RecursionError when it is no chunk. Its text can be stored."""


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


def usage_of(usage: dict[str, Any]) -> Usage:
    return Usage(
        count_in(usage, "prompt_tokens"),
        count_in(usage, "completion_tokens"),
        usage,
        cached_tokens=detail_in(usage, "prompt_tokens_details", "cached_tokens"),
        cache_write_tokens=detail_in(usage, "prompt_tokens_details", "cache_write_tokens"),
        reasoning_tokens=detail_in(usage, "completion_tokens_details", "reasoning_tokens"),
    )
