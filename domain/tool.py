"""Tools as a model sees them: what it may call, what it must call, and the calls that it makes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.conversation import ToolCall


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that a model is told of; `parameters` is the JSON Schema of its arguments.

    `strict` asks that the arguments fit it exactly; None leaves that to the provider.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None


class ToolUse(StrEnum):
    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class NamedTool:
    """This tool must be called, and no other."""

    name: str


ToolChoice = ToolUse | NamedTool


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of the call number `index` of an answer, from 0; the first piece of a call has its `id` and `name`."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


def calls_of(deltas: Iterable[ToolCallDelta]) -> tuple[ToolCall, ...]:
    """The calls that the pieces add up to, by number."""
    pieces: dict[int, list[ToolCallDelta]] = {}
    for delta in deltas:
        pieces.setdefault(delta.index, []).append(delta)
    return tuple(
        ToolCall(
            id=next((piece.id for piece in call if piece.id), ""),
            name=next((piece.name for piece in call if piece.name), ""),
            arguments="".join(piece.arguments for piece in call),
        )
        for _, call in sorted(pieces.items())
    )
