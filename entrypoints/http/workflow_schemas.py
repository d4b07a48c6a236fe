"""The wire shapes of workflows and their runs."""

import json
from typing import Any, Self

from pydantic import Field

from domain.run import Run, RunStatus
from domain.workflows.chart import mermaid
from domain.workflows.inputs import input_schema
from domain.workflows.progress import Progress
from domain.workflows.workflow import StepState, Workflow, answer_of
from entrypoints.http.schemas import Out, RunOut


class StepOut(Out):
    name: str
    kind: str
    needs: list[str]


class WorkflowOut(Out):
    name: str
    title: str
    description: str
    inputs: dict[str, Any] = Field(description="a JSON Schema of what to post")
    steps: list[StepOut]
    outputs: list[str]
    mermaid: str

    @classmethod
    def of(cls, workflow: Workflow) -> Self:
        return cls(
            name=workflow.name,
            title=workflow.title,
            description=workflow.description,
            inputs=input_schema(workflow.inputs),
            steps=[StepOut(name=step.name, kind=step.kind, needs=list(step.needs)) for step in workflow.steps],
            outputs=[output.name for output in workflow.outputs],
            mermaid=mermaid(workflow, {}),
        )


class StepProgressOut(StepOut):
    state: StepState
    output: Any
    problem: str | None


class WorkflowRunOut(Out):
    run: RunOut
    workflow: str
    steps: list[StepProgressOut]
    outputs: dict[str, Any] | None = Field(description="null until the run is completed")
    mermaid: str = Field(description="the graph, each step in the class of its state")

    @classmethod
    def of(cls, run: Run, workflow: Workflow, progress: Progress) -> Self:
        is_whole = run.status is RunStatus.COMPLETED and len(progress.outputs) == len(workflow.steps)
        return cls(
            run=RunOut.of(run),
            workflow=workflow.name,
            steps=[
                StepProgressOut(
                    name=step.name,
                    kind=step.kind,
                    needs=list(step.needs),
                    state=progress.states.get(step.name, StepState.PENDING),
                    output=progress.outputs.get(step.name),
                    problem=progress.problems.get(step.name),
                )
                for step in workflow.steps
            ],
            outputs=answer_of(workflow, progress.outputs) if is_whole else None,
            mermaid=mermaid(workflow, progress.states),
        )


def outputs_in(answer: str) -> dict[str, Any]:
    """What a completed run answered."""
    outputs: dict[str, Any] = json.loads(answer)
    return outputs
