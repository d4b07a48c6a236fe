"""The workflows that come with Parley."""

import json
import re
from typing import Any

import pytest

from adapters.demo.answers import answer_to
from adapters.schemas.json_schema import schema_mismatch
from adapters.workflows.toml_files import SHIPPED, TomlWorkflows
from application.ports.language_model import ModelRequest
from domain.workflows.inputs import checked_inputs
from domain.workflows.parts import ApprovalStep, PromptStep, WorkflowStep, approved
from domain.workflows.prompt import messages_of, rendered
from domain.workflows.workflow import StepState, Workflow, answer_of, ready
from tests.architecture.source import ROOT
from tests.support.workflows import from_toml

CATALOGUE = TomlWorkflows([SHIPPED], schema_mismatch=schema_mismatch)
FRAMED = re.compile(r"^<(\w+)>\n\{(?:inputs|steps)\.[\w.]+\}\n</\1>$", re.MULTILINE)
IN_THE_LINE = ("{inputs.word_count}",)
GIVEN = {
    "announcement": {"news": "The library opens on Sundays.", "audience": "readers"},
    "blog": {"topic": "Why rivers bend", "target_audience": "walkers"},
    "review": {"text": "Rivers bend."},
}
ROUNDS = {
    "announcement": [["draft"], ["approval"], ["final"]],
    "blog": [["research"], ["outline"], ["draft"], ["polish"]],
    "review": [["accuracy", "clarity", "objections"], ["synthesis"]],
}
ANSWERS = {
    "announcement": ["draft", "final"],
    "blog": ["research", "outline", "draft", "final"],
    "review": ["verdict", "summary", "changes", "accuracy", "clarity", "objections"],
}

WORKFLOWS = [CATALOGUE.get(name) for name in CATALOGUE.names()]
PROMPTS = [(w.name, step) for w in WORKFLOWS for step in w.steps if isinstance(step, PromptStep)]


def said_by(step: WorkflowStep, inputs: dict[str, Any], outputs: dict[str, Any]) -> Any:
    """What the demo model, or a person, says to it."""
    if isinstance(step, ApprovalStep):
        assert outputs["draft"] in rendered(step, inputs, outputs)
        return approved("Fine.")
    messages = messages_of(step, inputs, outputs)
    answer = answer_to(ModelRequest(model="parrot", messages=messages, json_schema=step.json_schema)).text
    return json.loads(answer) if step.json_schema else answer


def test_all_of_them_can_be_run() -> None:
    assert CATALOGUE.faults() == ()
    assert CATALOGUE.names() == tuple(ROUNDS)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_it_goes_through_its_steps_and_answers(workflow: Workflow) -> None:
    inputs, outputs = checked_inputs(workflow.inputs, GIVEN[workflow.name]), dict[str, Any]()
    states, rounds = dict[str, StepState](), list[list[str]]()
    while able := ready(workflow, states):
        outputs |= {step.name: said_by(step, inputs, outputs) for step in able}
        states |= {step.name: StepState.COMPLETED for step in able}
        rounds.append([step.name for step in able])
    assert rounds == ROUNDS[workflow.name]
    assert list(answer_of(workflow, outputs)) == ANSWERS[workflow.name]
    assert all(schema_mismatch(outputs[s.name], s.output_schema) is None for s in workflow.steps if s.output_schema)


def test_the_blog_is_asked_for_as_its_route_promises() -> None:
    inputs = CATALOGUE.get("blog").inputs
    assert [wanted.name for wanted in inputs] == ["topic", "target_audience", "word_count"]
    assert checked_inputs(inputs, GIVEN["blog"])["word_count"] == 800


@pytest.mark.parametrize("step", [step for _, step in PROMPTS], ids=[f"{name} {step.name}" for name, step in PROMPTS])
def test_whatever_is_put_in_stands_between_tags_and_the_model_is_told_that_it_is_data(step: PromptStep) -> None:
    left = FRAMED.sub("", step.prompt)
    for written in IN_THE_LINE:
        left = left.replace(written, "")
    assert "{" not in left
    assert "between tags" in step.system
    assert "data" in step.system
    assert "instructions" in step.system


def test_the_example_of_the_manual_can_be_run() -> None:
    manual = (ROOT / "docs" / "workflows.md").read_text()
    examples = re.findall(r"^```toml\n(.*?)^```", manual, re.MULTILINE | re.DOTALL)
    assert [len(from_toml(example).steps) for example in examples] == [3]
