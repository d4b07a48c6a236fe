"""How far a workflow's run has come, read from its log."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.approval import ApprovalId
from domain.run import RunEvent
from domain.step import ApprovalDecided, ApprovalRequested, StepFinished, StepStarted
from domain.usage import Usage
from domain.workflows.parts import ApprovalStep, approved
from domain.workflows.workflow import StepState, Workflow


@dataclass(slots=True)
class Progress:
    """`outputs` are those of the completed steps: texts, or JSON that fits the step's schema."""

    states: dict[str, StepState] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    usages: list[Usage] = field(default_factory=list)
    undecided: dict[str, ApprovalRequested] = field(default_factory=dict)
    asked: set[ApprovalId] = field(default_factory=set)


def progress_of(workflow: Workflow, events: Iterable[RunEvent]) -> Progress:
    """A step that was started and not finished is running; whoever takes the run over begins it again."""
    progress = Progress()
    steps = {step.name: step for step in workflow.steps}
    for event in events:
        match event:
            case StepStarted(name) if name in steps:
                progress.states[name] = StepState.RUNNING
            case StepFinished(name) if name in steps:
                _finish(progress, event, is_json=steps[name].output_schema is not None)
            case ApprovalRequested(name) if isinstance(steps.get(name), ApprovalStep):
                progress.states[name] = StepState.WAITING
                progress.asked.add(event.approval_id)
                progress.undecided[name] = event
            case ApprovalDecided(name) if isinstance(steps.get(name), ApprovalStep):
                progress.undecided.pop(name, None)
                if event.approved:
                    progress.states[name], progress.outputs[name] = StepState.COMPLETED, approved(event.comment)
                else:
                    progress.states[name] = StepState.FAILED
                    progress.problems[name] = f"a person did not approve: {event.comment or 'no reason was given'}"
    return progress


def _finish(progress: Progress, event: StepFinished, *, is_json: bool) -> None:
    progress.usages += [event.usage] if event.usage else []
    if event.problem is not None:
        progress.states[event.name], progress.problems[event.name] = StepState.FAILED, event.problem
    else:
        said = event.output or ""
        progress.states[event.name] = StepState.COMPLETED
        progress.outputs[event.name] = json.loads(said) if is_json else said
