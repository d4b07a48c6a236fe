"""A workflow as a picture: Mermaid's flowchart text, each step in the class of its state."""

from collections.abc import Mapping

from domain.workflows.parts import ApprovalStep, WorkflowStep
from domain.workflows.workflow import StepState, Workflow

STYLES = {
    StepState.PENDING: "fill:#f6f8fa,stroke:#8c959f,color:#24292f",
    StepState.RUNNING: "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    StepState.WAITING: "fill:#fff8c5,stroke:#9a6700,color:#4d2d00",
    StepState.COMPLETED: "fill:#dafbe1,stroke:#1a7f37,color:#033a16",
    StepState.FAILED: "fill:#ffebe9,stroke:#cf222e,color:#4c0014",
}


def mermaid(workflow: Workflow, states: Mapping[str, StepState]) -> str:
    """A step that is not in `states` is pending; a question to a person has six corners."""
    ids = {step.name: f"s{place}" for place, step in enumerate(workflow.steps, 1)}  # `end` is no name in Mermaid
    return "\n".join(
        [
            "flowchart TD",
            *(
                f"    {ids[step.name]}{_shape(step)}:::{states.get(step.name, StepState.PENDING).value}"
                for step in workflow.steps
            ),
            *(f"    {ids[need]} --> {ids[step.name]}" for step in workflow.steps for need in step.needs),
            *(f"    classDef {state.value} {style}" for state, style in STYLES.items()),
            "",
        ]
    )


def label(text: str) -> str:
    """A text in quotes, as Mermaid takes it: all but plain letters, digits and spaces as numbered characters."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c == " ") else f"#{ord(c)};" for c in text)
    return f'"{safe or " "}"'  # nothing at all between the quotes is no label


def _shape(step: WorkflowStep) -> str:
    words = label(step.name.replace("_", " "))
    return f"{{{{{words}}}}}" if isinstance(step, ApprovalStep) else f"[{words}]"
