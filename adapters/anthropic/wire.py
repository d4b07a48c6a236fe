"""The events of a streamed message (Anthropic's Messages API, "Streaming messages")."""

from typing import Any

import msgspec

from adapters.http.json_text import decoder_of


class Head(msgspec.Struct, gc=False):
    model: str | None = None
    usage: dict[str, Any] | None = None


class Block(msgspec.Struct, gc=False):
    """A block as it begins: `data` is a redacted thought's, `id`, `name` and `input` a call's."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    id: str | None = None
    name: str | None = None
    input: dict[str, Any] | None = None


class StopDetails(msgspec.Struct, gc=False):
    explanation: str | None = None


class Delta(msgspec.Struct, gc=False):
    """What is added to a block, or why the message stops."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None
    stop_details: StopDetails | None = None


class Event(msgspec.Struct, gc=False):
    type: str = ""
    index: int | None = None
    message: Head | None = None
    content_block: Block | None = None
    delta: Delta | None = None
    usage: dict[str, Any] | None = None
    error: Any = None


event_of = decoder_of(Event)
"""Raise ValueError or RecursionError when it is no event. Its text can be stored."""
