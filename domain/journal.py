"""What the log of a run says so far: the steps that are settled, and each call of the last one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.approval import ApprovalId
from domain.conversation import Part, ToolCall
from domain.run import AnswerReset, RunEvent, answer_of
from domain.step import (
    ApprovalDecided,
    ApprovalRequested,
    RunWaiting,
    StepFinished,
    StepProgress,
    StepStarted,
    ToolFinished,
    ToolStarted,
)
from domain.usage import Usage, total_usage


@dataclass(slots=True)
class CallRecord:
    """What the log says of one call of the last step."""

    call: ToolCall
    request: ApprovalRequested | None = None
    decision: ApprovalDecided | None = None
    started: bool = False
    result: ToolFinished | None = None


@dataclass(slots=True)
class Journal:
    """The facts so far: `parts` are settled, `calls` are those of the last step of the model, in its order."""

    parts: tuple[Part, ...] = ()
    steps: int = 0
    finish_reason: str | None = None
    usages: list[Usage] = field(default_factory=list)
    answered_by: str | None = None
    dropped: dict[str, None] = field(default_factory=dict)
    calls: dict[str, CallRecord] = field(default_factory=dict)
    asked: set[ApprovalId] = field(default_factory=set)
    is_torn: bool = False
    """Something was said after the last step that is settled: the interrupted beginning of the next."""

    @property
    def usage(self) -> Usage | None:
        return total_usage(self.usages)

    @property
    def undecided(self) -> list[ApprovalRequested]:
        return [record.request for record in self.calls.values() if record.request and not record.decision]


def journal_of(events: Iterable[RunEvent]) -> Journal:
    """Read the log from its beginning."""
    journal, said, settled = Journal(), list[RunEvent](), 0
    for event in events:
        match event:
            case StepFinished():
                said.append(event)
                journal.calls = _calls_since(settled, said)
                settled = len(said)
                journal.steps += 1
                journal.finish_reason = event.finish_reason
                journal.usages += [event.usage] if event.usage else []
                journal.answered_by = event.answered_by
                journal.dropped |= dict.fromkeys(event.dropped)
            case AnswerReset():
                del said[settled:]
            case ToolStarted(call_id):
                record = journal.calls[call_id]
                record.started, record.request, record.decision = True, None, None
            case ToolFinished(call_id):
                journal.calls[call_id].result = event
                said.append(event)
                settled = len(said)
            case ApprovalRequested(call_id):
                journal.asked.add(event.approval_id)
                if asked := journal.calls.get(call_id):  # a workflow asks about steps, which are no calls
                    asked.request, asked.decision = event, None
            case ApprovalDecided(call_id):
                if asked := journal.calls.get(call_id):
                    asked.decision = event
            case RunWaiting() | StepStarted() | StepProgress():
                pass
            case _:
                said.append(event)
    journal.is_torn = len(said) > settled
    journal.parts = answer_of(said[:settled])
    return journal


def _calls_since(settled: int, said: Sequence[RunEvent]) -> dict[str, CallRecord]:
    return {part.id: CallRecord(part) for part in answer_of(said[settled:]) if isinstance(part, ToolCall)}
