"""The agent loop as a pure function: from the facts that a run's log has, what is to be done next.

Recovery is to read the log and ask again. No effect is repeated silently: a call that was started and has no result
runs again only when its tool is idempotent or a person says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from domain.approval import ApprovalReason
from domain.conversation import ToolCall
from domain.journal import CallRecord, Journal
from domain.run import REFUSAL, WHOLE, Problem, RunFinished, RunStatus
from domain.step import ApprovalDecided, ToolFinished
from domain.tool import ApprovalRule, Tool

CALLS_PER_STEP = 32
CALLS_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRules:
    """What binds an agent: the tools that are run here, those that the caller runs, and how far it may go.

    `problem_with` says what is wrong with arguments for a tool, None when they fit its schema. `trusted` are the
    definitions that a person has approved before.
    """

    tools: Mapping[str, Tool]
    callers_tools: frozenset[str]
    most_steps: int
    most_tokens: int
    problem_with: Callable[[Tool, str], str | None]
    trusted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CallModel:
    """Ask the model for its next step, showing it what it has said and what came of its calls."""


@dataclass(frozen=True, slots=True)
class RunTools:
    """Carry these out side by side, each with its own arguments."""

    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class TellResults:
    """No tool has to run to know what comes of these calls."""

    results: tuple[ToolFinished, ...]


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Ask about each of these calls, and wait for the answers."""

    calls: tuple[tuple[ToolCall, ApprovalReason], ...]


@dataclass(frozen=True, slots=True)
class AwaitPerson:
    """All that is left waits for an answer."""


@dataclass(frozen=True, slots=True)
class Finish:
    outcome: RunFinished


Action = CallModel | RunTools | TellResults | AskPerson | AwaitPerson | Finish


def next_action(journal: Journal, rules: AgentRules) -> Action:
    """What the run does now. Results that are known are told first, then tools run, then people are asked."""
    ours = [record for id, record in journal.calls.items() if record.call.name not in rules.callers_tools]
    if journal.steps and journal.finish_reason not in WHOLE | {REFUSAL}:
        return _finish(journal, RunStatus.INCOMPLETE)  # the model was cut short: its calls may be torn
    verdicts = [_verdict(record, place, rules) for place, record in enumerate(ours) if not record.result]
    if known := tuple(verdict for verdict in verdicts if isinstance(verdict, ToolFinished)):
        return TellResults(known)
    if runnable := tuple(verdict for verdict in verdicts if isinstance(verdict, ToolCall)):
        return RunTools(runnable[:CALLS_AT_ONCE])
    if questions := tuple(verdict for verdict in verdicts if isinstance(verdict, tuple)):
        return AskPerson(questions)
    if verdicts:
        return AwaitPerson()
    if journal.steps and len(ours) < max(1, len(journal.calls)):
        return _finish(journal, RunStatus.COMPLETED)  # the answer is whole, or the caller's tools are next
    return _bounded(journal, rules)


Verdict = ToolFinished | ToolCall | tuple[ToolCall, ApprovalReason] | None
"""Of one call: its result, the call to carry out, the question to ask, or None while a person is being asked."""


def _verdict(record: CallRecord, place: int, rules: AgentRules) -> Verdict:
    call, decision = record.call, record.decision
    if place >= CALLS_PER_STEP:
        return _error(call, f"At most {CALLS_PER_STEP} calls are carried out at once; make this one again later")
    tool = rules.tools.get(call.name)
    if tool is None:
        return _error(call, f"There is no tool {call.name[:100]!r}; there are: {', '.join(sorted(rules.tools))}")
    if decision and not decision.approved:
        return _error(call, _refusal(record, decision))
    allowed = decision is not None and decision.fingerprint == tool.fingerprint
    arguments = decision.arguments if decision and allowed else call.arguments
    if problem := rules.problem_with(tool, arguments):
        return _error(call, f"The arguments do not fit: {problem}")
    if allowed:
        return replace(call, arguments=arguments)
    if record.request and not decision:
        return None
    if record.started and not tool.is_idempotent:
        return call, ApprovalReason.UNKNOWN_OUTCOME
    if not record.started and _needs_approval(tool, rules):
        return call, ApprovalReason.REQUIRED
    return call


def _refusal(record: CallRecord, decision: ApprovalDecided) -> str:
    words = "A person did not allow this call"
    if record.started:
        words = "This call was interrupted and may have been carried out; a person decided not to repeat it"
    return f"{words}: {decision.comment}" if decision.comment else words


def _needs_approval(tool: Tool, rules: AgentRules) -> bool:
    if tool.approval is ApprovalRule.ONCE:
        return tool.fingerprint not in rules.trusted
    return tool.approval is ApprovalRule.ALWAYS


def _bounded(journal: Journal, rules: AgentRules) -> Action:
    """Go on, unless the run has gone as far as it may."""
    usage = journal.usage
    if journal.steps >= rules.most_steps:
        problem = Problem("step_limit", f"The run was stopped after {journal.steps} steps, the most that it may take")
        return _finish(journal, RunStatus.INCOMPLETE, problem)
    if usage and usage.total_tokens >= rules.most_tokens:
        problem = Problem("token_limit", f"The run was stopped at {usage.total_tokens:,} tokens, over its budget")
        return _finish(journal, RunStatus.INCOMPLETE, problem)
    return CallModel()


def _finish(journal: Journal, status: RunStatus, problem: Problem | None = None) -> Finish:
    return Finish(
        RunFinished(status, journal.finish_reason, problem, journal.usage, journal.answered_by, tuple(journal.dropped))
    )


def _error(call: ToolCall, words: str) -> ToolFinished:
    return ToolFinished(call.id, words, is_error=True)
