"""A run: one piece of long work, its state machine, and the facts that its log keeps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple, NewType

from domain.access import KeyId, OwnerId, UserId
from domain.citation import Citation, CitingEvent, DocumentId, Grounding, SourceCited, SourcesChecked
from domain.conversation import (
    ConversationId,
    MessageId,
    Part,
    PromptMessage,
    ProviderState,
    Reasoning,
    Text,
    ToolResult,
)
from domain.errors import Refusal
from domain.step import StepEvent, ToolFinished
from domain.tool import JsonSchema, ToolCallDelta, ToolChoice, ToolSpec, call_of, joined
from domain.usage import Usage

RunId = NewType("RunId", int)
WorkerId = NewType("WorkerId", str)


class RunKind(StrEnum):
    """What a run's answer is: a reply, an agent's work, what a workflow made, or a document taken in."""

    REPLY = "reply"
    AGENT = "agent"
    WORKFLOW = "workflow"
    INGESTION = "ingestion"


class RunStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        return self in ACTIVE


class IfBusy(StrEnum):
    """What a question does that meets a run in progress: it is refused, it waits its turn, or it ends that run."""

    REJECT = "reject"
    QUEUE = "queue"
    INTERRUPT = "interrupt"


ACTIVE = frozenset({RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING})
WHOLE = frozenset({"stop", "tool_calls", "end_turn"})
"""The finish reasons of a whole answer; the caller runs the tools that it calls and comes back with the results."""
REFUSAL = "refusal"
"""The finish reason of an answer that does not answer but says why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How a run asks its model: what is None or empty is the model's own, or the server's.

    `instructions` take the place of the server's system prompt for this run alone (empty: there is none). `model_extra`
    are fields in the vendor's own words, already checked to be harmless. `tools` are run by the caller, `server_tools`
    names those that Parley runs itself, in at most `max_steps` calls of the model. `grounding` says in which documents
    the answer has to be found, and in which an agent may search. `metadata` and `extra` are for the caller: no model
    sees them.
    """

    instructions: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    tools: tuple[ToolSpec, ...] = ()
    server_tools: tuple[str, ...] = ()
    max_steps: int | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    json_schema: JsonSchema | None = None
    model_extra: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    grounding: Grounding | None = None


DEFAULTS = RunSettings()


def grounded_settings(
    settings: RunSettings, attached: tuple[DocumentId, ...], *, kind: RunKind = RunKind.REPLY
) -> RunSettings:
    """With a conversation's documents: its answers rest on them, but for those that must have another shape."""
    if not attached or settings.json_schema or kind not in (RunKind.REPLY, RunKind.AGENT):
        return settings
    wished = settings.grounding or Grounding()
    return settings if wished.documents else replace(settings, grounding=replace(wished, documents=attached))


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a run failed or stopped early: a stable code and a sentence."""

    code: str
    message: str

    @classmethod
    def of(cls, refusal: Refusal) -> "Problem":
        return cls(refusal.code, str(refusal))


@dataclass(frozen=True, slots=True)
class Run:
    """`fence` rises each time the run changes hands; a write that carries an older one is refused.

    `question_id` is the last message of its input. A run that is `paused` ends its step and then waits. `answered_by`
    is the model that really answered, and `dropped` what
    of the conversation it could not be shown. `user_id` and `key_id` say who asked for it, on the owner's account.
    `interrupted`, of a run that was just taken over: its worker died while it executed it.
    """

    id: RunId
    owner: OwnerId
    kind: RunKind
    conversation_id: ConversationId
    question_id: MessageId
    answer_id: MessageId
    model: str
    status: RunStatus
    fence: int
    created_at: datetime
    finished_at: datetime | None = None
    finish_reason: str | None = None
    problem: Problem | None = None
    usage: Usage | None = None
    last_event: int = 0
    attempts: int = 1
    cancel_requested: bool = False
    paused: bool = False
    settings: RunSettings = DEFAULTS
    answered_by: str | None = None
    dropped: tuple[str, ...] = ()
    user_id: UserId | None = None
    key_id: KeyId | None = None
    interrupted: bool = field(default=False, compare=False)

    @property
    def refused(self) -> bool:
        """The answer does not answer but says why not."""
        return self.finish_reason == REFUSAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What is stored when a question is accepted: the question, a place for its answer, and a run to write it.

    `input` is the question and whatever goes before it, such as the results of tools: a chain below `parent_id`. Empty,
    it is for the message `parent_id` to get another answer. With `worker_id` the run is running and that worker's;
    without, it is queued behind whatever is active in the conversation.
    """

    owner: OwnerId
    conversation_id: ConversationId
    parent_id: MessageId | None
    input: tuple[PromptMessage, ...]
    model: str
    asked_at: datetime
    worker_id: WorkerId | None
    settings: RunSettings = DEFAULTS
    kind: RunKind = RunKind.REPLY
    user_id: UserId | None = None
    key_id: KeyId | None = None


# --- the facts of a run -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """With its `state` a thought ends; it may be all that there is of one that was not told."""

    text: str
    state: ProviderState | None = None


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Always the last event, and always there once the run has ended."""

    status: RunStatus
    finish_reason: str | None = None
    problem: Problem | None = None
    usage: Usage | None = None
    answered_by: str | None = None
    dropped: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        return self.finish_reason == REFUSAL


@dataclass(frozen=True, slots=True)
class AnswerReset:
    """Forget what was said so far: the answer now begins with `parts`.

    Empty when another worker took the run over and asks the model anew; the whole answer when its deltas are no
    longer kept.
    """

    parts: tuple[Part, ...] = ()


Delta = TextDelta | ReasoningDelta | ToolCallDelta
RunEvent = Delta | AnswerReset | CitingEvent | StepEvent | RunFinished


class NumberedEvent(NamedTuple):
    """`number` counts a run's events from 1 without a gap: it is every reader's cursor."""

    number: int
    event: RunEvent


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ends, and the answer it leaves: exactly one is ever written."""

    outcome: RunFinished
    answer: tuple[Part, ...]
    at: datetime


def outcome_of(run: Run) -> RunFinished:
    """The last event of a run that has ended, from what is kept of it."""
    return RunFinished(run.status, run.finish_reason, run.problem, run.usage, run.answered_by, run.dropped)


def merged(events: Iterable[RunEvent]) -> list[RunEvent]:
    """Neighbouring deltas of one text, one thought or one call become one event; nothing else changes."""
    out: list[RunEvent] = []
    for _, neighbours in groupby(events, _kind_of):
        first, *others = neighbours
        match first:
            case TextDelta():
                out.append(TextDelta("".join(event.text for event in (first, *others))))  # type: ignore[union-attr]
            case ReasoningDelta():
                out += _thoughts([first, *others])  # type: ignore[list-item]
            case ToolCallDelta():
                out.append(joined([first, *others]))  # type: ignore[list-item]
            case _:
                out += [first, *others]
    return out


def answer_of(events: Iterable[RunEvent]) -> tuple[Part, ...]:
    """The parts that a run's facts add up to since its last reset; a call stands where it began.

    A text goes on where it cites a source, and has the citation.
    """
    parts: list[Part | list[ToolCallDelta]] = []
    calls: dict[int, list[ToolCallDelta]] = {}
    cited: list[Citation] = []
    for event in merged(events):
        match event:
            case AnswerReset():
                parts, calls, cited = [*event.parts], {}, []
            case SourceCited(citation):
                cited.append(citation)
            case SourcesChecked(citations):
                parts = [_checked(part, citations) if isinstance(part, Text) else part for part in parts]
            case TextDelta():
                last = parts[-1] if cited and parts else None
                said = last if isinstance(last, Text) else Text("")
                parts = [*(parts[:-1] if said is last else parts), _going_on(said, event.text, cited)]
                cited = []
            case ReasoningDelta():
                parts.append(Reasoning(event.text, event.state))
            case ToolCallDelta():
                if event.index not in calls:
                    parts.append(calls.setdefault(event.index, []))
                calls[event.index].append(event)
            case ToolFinished():
                parts.append(ToolResult(event.call_id, event.content))
    return tuple(call_of(part) if isinstance(part, list) else part for part in parts)


def _going_on(said: Text, text: str, cited: Sequence[Citation]) -> Text:
    known = {citation.number: citation for citation in (*said.citations, *cited)}
    return replace(said, text=said.text + text, citations=tuple(known.values()))


def _checked(text: Text, citations: Iterable[Citation]) -> Text:
    """What was announced gives way to what was checked; a text says no more of sources than it did."""
    checked = {citation.number: citation for citation in citations}
    return replace(text, citations=tuple(checked.get(one.number, one) for one in text.citations))


def _thoughts(deltas: Iterable[ReasoningDelta]) -> Iterator[ReasoningDelta]:
    """Each up to its state; what comes after that is the next."""
    text = list[str]()
    for delta in deltas:
        text.append(delta.text)
        if delta.state:
            yield ReasoningDelta("".join(text), delta.state)
            text = []
    if text:
        yield ReasoningDelta("".join(text))


def _kind_of(event: RunEvent) -> tuple[type, int]:
    return type(event), event.index if isinstance(event, ToolCallDelta) else 0
