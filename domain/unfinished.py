"""Which calls of a model a run had begun when its worker died, as far as its log tells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.conversation import PromptMessage
from domain.errors import InvalidInput
from domain.journal import journal_of
from domain.prompt import as_steps, estimated_tokens
from domain.run import AnswerReset, ReasoningDelta, Run, RunEvent, RunKind, TextDelta
from domain.step import StepFinished, ToolFinished
from domain.tool import ToolCallDelta
from domain.usage import Purpose
from domain.workflows.definition import workflow_of
from domain.workflows.parts import PromptStep
from domain.workflows.progress import progress_of
from domain.workflows.prompt import messages_of
from domain.workflows.workflow import StepState


@dataclass(frozen=True, slots=True)
class UnfinishedCall:
    """By estimate: what was sent, and the characters that were heard."""

    asked: str
    purpose: Purpose
    input_tokens: int
    characters: int


def unfinished_calls(run: Run, prompt: Sequence[PromptMessage], said: Sequence[RunEvent]) -> list[UnfinishedCall]:
    """One for each step that was begun and not settled; what it may have tried before in vain is not known."""
    if run.kind is RunKind.WORKFLOW:
        return list(_of_workflow(run, said))
    if run.kind is RunKind.INGESTION:
        return []
    journal = journal_of(said)
    is_at_tools = any(record.result is None for record in journal.calls.values())
    is_done = bool(run.settings.server_tools) and journal.steps > 0 and not journal.calls
    if (is_at_tools or is_done) and not journal.is_torn:
        return []
    sent = sum(map(estimated_tokens, (*prompt, *as_steps(journal.parts))))
    purpose = Purpose.AGENT_STEP if run.settings.server_tools else Purpose.REPLY
    return [UnfinishedCall(run.model, purpose, sent, _heard(said))]


def _of_workflow(run: Run, said: Sequence[RunEvent]) -> Iterator[UnfinishedCall]:
    kept = run.settings.extra
    workflow = workflow_of(kept["workflow"], kept["definition"])
    progress = progress_of(workflow, said)
    for step in workflow.steps:
        if not isinstance(step, PromptStep) or progress.states.get(step.name) is not StepState.RUNNING:
            continue
        try:
            messages = messages_of(step, kept["inputs"], {name: progress.outputs[name] for name in step.needs})
        except InvalidInput:
            continue  # then no model was asked
        sent = sum(map(estimated_tokens, messages))
        yield UnfinishedCall(step.model or run.model, Purpose.WORKFLOW_STEP, sent, 0)


def _heard(said: Sequence[RunEvent]) -> int:
    """Characters since the last fact that settled something, or began the answer anew."""
    heard = 0
    for event in reversed(said):
        match event:
            case StepFinished() | ToolFinished() | AnswerReset():
                break
            case TextDelta() | ReasoningDelta():
                heard += len(event.text)
            case ToolCallDelta():
                heard += len(event.name) + len(event.arguments)
    return heard
