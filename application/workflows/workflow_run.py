"""What a run keeps of the workflow that it performs: its definition and inputs as they were when it was started."""

import json
from collections.abc import Mapping
from typing import Any

from application.agents.persons import Question
from application.runs.run_writer import RunWriter
from domain.approval import ApprovalReason
from domain.conversation import ToolCall
from domain.run import Problem, Run, RunFinished, RunSettings, RunStatus, TextDelta
from domain.tool import ApprovalRule, Tool, ToolSpec
from domain.usage import total_usage
from domain.workflows.definition import definition_of, workflow_of
from domain.workflows.parts import ApprovalStep
from domain.workflows.progress import Progress
from domain.workflows.prompt import rendered
from domain.workflows.workflow import Workflow, answer_of


def settings_for(workflow: Workflow, inputs: Mapping[str, Any]) -> RunSettings:
    """An operator may change the file meanwhile: a run goes on as it began."""
    return RunSettings(extra={"workflow": workflow.name, "definition": definition_of(workflow), "inputs": dict(inputs)})


def workflow_in(run: Run) -> Workflow:
    return workflow_of(run.settings.extra["workflow"], run.settings.extra["definition"])


def inputs_of(run: Run) -> Mapping[str, Any]:
    inputs: Mapping[str, Any] = run.settings.extra["inputs"]
    return inputs


def question_about(
    workflow: Workflow, step: ApprovalStep, inputs: Mapping[str, Any], outputs: Mapping[str, Any]
) -> tuple[Question, Tool]:
    """What a person is asked, as if the step were a tool that is given the question's text."""
    name = f"{workflow.name}.{step.name}"
    tool = Tool(spec=ToolSpec(name, workflow.title), approval=ApprovalRule.ALWAYS)
    arguments = json.dumps({"question": rendered(step, inputs, outputs)}, ensure_ascii=False)
    return (ToolCall(step.name, name, arguments), ApprovalReason.REQUIRED), tool


def outcome_of(workflow: Workflow, progress: Progress, writer: RunWriter) -> RunFinished:
    """How a run whose steps have all ended ends: its answer is the outputs, as JSON."""
    usage = total_usage(progress.usages)
    if progress.problems:
        words = "; ".join(f"step {name!r}: {why}" for name, why in progress.problems.items())
        return RunFinished(RunStatus.FAILED, problem=Problem("step_failed", words), usage=usage)
    answer = json.dumps(answer_of(workflow, progress.outputs), ensure_ascii=False)
    writer.append([TextDelta(answer)])
    return RunFinished(RunStatus.COMPLETED, "stop", usage=usage)
