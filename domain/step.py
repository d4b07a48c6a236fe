"""The facts of a run that takes several steps: what its log keeps beside the answer itself."""

from dataclasses import dataclass
from enum import StrEnum

from domain.approval import ApprovalId, ApprovalReason
from domain.usage import Usage

MODEL_STEP = "model"
"""The name of a step that is a call of the model for the run's own answer."""
SEARCH_STEP = "search"
"""The name of the step in which a reply looks for sources; its `output` is what was searched for."""


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The named step of a workflow or an ingestion begins; a second time when it was interrupted."""

    name: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """The step is done for good: what was said before it is never taken back, and `output` is what came of it.

    `problem` says in a sentence why it failed, which a run may survive. `usage` is that of its provider calls,
    `answered_by` the model that really answered, and `dropped` what of the conversation it could not be shown.
    """

    name: str
    finish_reason: str | None = None
    usage: Usage | None = None
    output: str | None = None
    problem: str | None = None
    answered_by: str | None = None
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepProgress:
    """So much of the named step is done: `count` of `of`."""

    name: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """The intent to run the tool for the call `call_id` with these arguments, durable before it is carried out."""

    call_id: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """What came of the call, as the model is told; `is_error` when the tool could not do it."""

    call_id: str
    content: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalRequested:
    """A person is asked whether the call may be carried out."""

    call_id: str
    approval_id: ApprovalId
    reason: ApprovalReason


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """The answer to a request: carry the call out with `arguments`, or do not and tell the model why.

    It holds for the definition of the tool that `fingerprint` names.
    """

    call_id: str
    approval_id: ApprovalId
    approved: bool
    arguments: str
    fingerprint: str
    comment: str | None = None


class WaitsFor(StrEnum):
    APPROVAL = "approval"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class RunWaiting:
    """Nothing executes the run until somebody answers; whoever follows it waits with it."""

    waits_for: WaitsFor


StepEvent = (
    StepStarted
    | StepProgress
    | StepFinished
    | ToolStarted
    | ToolFinished
    | ApprovalRequested
    | ApprovalDecided
    | RunWaiting
)
