"""A run: one piece of long work, its state machine, and the facts that its log keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple, NewType

from domain.access import OwnerId
from domain.conversation import ConversationId, MessageId, Part, Reasoning, Text
from domain.errors import Refusal
from domain.usage import Usage

RunId = NewType("RunId", int)
WorkerId = NewType("WorkerId", str)


class RunKind(StrEnum):
    REPLY = "reply"


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
    """`fence` rises each time the run changes hands; a write that carries an older one is refused."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What is stored when a question is accepted: the question, a place for its answer, and a run to write it.

    With `question` None the message `parent_id`, a question already, gets another answer. With `worker_id` the run is
    running and that worker's; without, it is queued behind whatever is active in the conversation.
    """

    owner: OwnerId
    conversation_id: ConversationId
    parent_id: MessageId | None
    question: tuple[Part, ...] | None
    model: str
    asked_at: datetime
    worker_id: WorkerId | None


# --- the facts of a run -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Always the last event, and always there once the run has ended."""

    status: RunStatus
    finish_reason: str | None = None
    problem: Problem | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class AnswerReset:
    """Forget what was said so far: the answer now begins with `parts`.

    Empty when another worker took the run over and asks the model anew; the whole answer when its deltas are no
    longer kept.
    """

    parts: tuple[Part, ...] = ()


RunEvent = TextDelta | ReasoningDelta | AnswerReset | RunFinished
PART_OF: dict[type, type[Text] | type[Reasoning]] = {TextDelta: Text, ReasoningDelta: Reasoning}


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


def merged(events: Iterable[RunEvent]) -> list[RunEvent]:
    """Neighbouring deltas of one kind become one event; nothing else changes."""
    out: list[RunEvent] = []
    for kind, neighbours in groupby(events, type):
        if kind in PART_OF:
            out.append(kind("".join(event.text for event in neighbours)))  # type: ignore[union-attr]
        else:
            out.extend(neighbours)
    return out


def answer_of(events: Iterable[RunEvent]) -> tuple[Part, ...]:
    """The parts that the deltas of a run add up to since its last reset."""
    parts: tuple[Part, ...] = ()
    deltas: list[RunEvent] = []
    for event in events:
        if isinstance(event, AnswerReset):
            parts, deltas = event.parts, []
        else:
            deltas.append(event)
    said = (PART_OF[type(e)](e.text) for e in merged(deltas) if isinstance(e, (TextDelta, ReasoningDelta)))
    return (*parts, *said)
