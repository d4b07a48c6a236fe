"""A workflow: named steps with prompts and needs. The steps whose needs are met run side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.errors import WorkflowInvalid
from domain.workflows.parts import WorkflowInput, WorkflowOutput, WorkflowStep
from domain.workflows.rules import left_over, mistakes_in
from domain.workflows.template import STEPS, Reference, value_of


class StepState(StrEnum):
    """`waiting` is for a person; a step that was not approved has failed."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """There is none that breaks a rule: making one raises WorkflowInvalid with every mistake.

    It answers with its `outputs`, by name.
    """

    name: str
    steps: tuple[WorkflowStep, ...]
    outputs: tuple[WorkflowOutput, ...]
    inputs: tuple[WorkflowInput, ...] = ()
    title: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        parts = self.inputs, self.steps, self.outputs
        if mistakes := [*mistakes_in(self.name, *parts), *left_over(*parts)]:
            raise WorkflowInvalid(self.name, mistakes)


def ready(workflow: Workflow, states: Mapping[str, StepState]) -> tuple[WorkflowStep, ...]:
    """The steps that can start now, in the workflow's order; a step that is not in `states` is pending.

    There is none any more once a step has failed: its workflow can not answer, so nothing more is paid for.
    """
    if StepState.FAILED in states.values():
        return ()
    done = {name for name, state in states.items() if state is StepState.COMPLETED}
    return tuple(
        step
        for step in workflow.steps
        if states.get(step.name, StepState.PENDING) is StepState.PENDING and done.issuperset(step.needs)
    )


def answer_of(workflow: Workflow, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the workflow says when all its steps are completed, from what each of them said."""
    return {
        output.name: value_of(Reference(STEPS, output.step, output.fields), {STEPS: outputs})
        for output in workflow.outputs
    }
