"""Tools as a model sees them, the calls that it makes, and the shape that its answer must have."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.conversation import ProviderState, ToolCall


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool that a model is told of; `parameters` is the JSON Schema of its arguments.

    `strict` asks that the arguments fit it exactly; None leaves that to the provider.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None


class ApprovalRule(StrEnum):
    """When a person is asked before a tool runs: for each call, once for each definition of it, or not at all."""

    ALWAYS = "always"
    ONCE = "once"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that Parley itself runs, under the name `spec.name`.

    `is_idempotent`: running it again with the same arguments and key does no harm, so a call whose outcome is unknown
    is simply repeated. `fingerprint` names this definition: another description or schema has another one.
    """

    spec: ToolSpec
    timeout_seconds: float = 30.0
    is_idempotent: bool = False
    approval: ApprovalRule = ApprovalRule.NEVER

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def fingerprint(self) -> str:
        words = [self.spec.name, self.spec.description, self.spec.parameters]
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


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
    """A piece of the call number `index` of an answer, from 0; the first piece of a call has its `id` and `name`.

    Any piece may have the call's `state`.
    """

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""
    state: ProviderState | None = None


def calls_of(deltas: Iterable[ToolCallDelta]) -> tuple[ToolCall, ...]:
    """The calls that the pieces add up to, by number."""
    pieces: dict[int, list[ToolCallDelta]] = {}
    for delta in deltas:
        pieces.setdefault(delta.index, []).append(delta)
    return tuple(call_of(call) for _, call in sorted(pieces.items()))


def call_of(pieces: Sequence[ToolCallDelta]) -> ToolCall:
    """The call that these pieces of it add up to."""
    whole = joined(pieces)
    return ToolCall(whole.id, whole.name, whole.arguments, whole.state)


def joined(pieces: Sequence[ToolCallDelta]) -> ToolCallDelta:
    """The pieces of one call as one."""
    return ToolCallDelta(
        pieces[0].index,
        id=next((piece.id for piece in pieces if piece.id), ""),
        name=next((piece.name for piece in pieces if piece.name), ""),
        arguments="".join(piece.arguments for piece in pieces),
        state=next((piece.state for piece in pieces if piece.state), None),
    )


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """A shape the answer must have; a provider that can enforces it, one that cannot is told of it."""

    name: str
    schema: Mapping[str, Any]
    strict: bool | None = None
    """Enforced to the letter or not; None is as strictly as the provider can with this schema."""


ANY_OBJECT = JsonSchema("object", {"type": "object"})
"""Some JSON object, whichever."""
