"""Workflows as they are written down, and what is said about mistakes in them."""

import contextlib
import json
import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import WorkflowInvalid
from domain.workflows.definition import definition_of, workflow_of
from domain.workflows.parts import (
    RETRIES,
    ApprovalStep,
    InputType,
    PromptStep,
    WorkflowInput,
    WorkflowOutput,
)
from domain.workflows.workflow import Workflow
from tests.support.workflow_mistakes import GOOD, ONE_MISTAKE, WITH_CONSEQUENCES
from tests.support.workflows import NOTES_SCHEMA, from_toml, mistakes_of, workflows

SCHEMA = {
    "type": "object",
    "required": ["title"],
    "properties": {"title": {"type": "string"}, "mood": {"type": "string"}},
}


def test_what_is_not_said_is_what_is_usual_and_needs_are_inferred() -> None:
    assert from_toml(GOOD) == Workflow(
        name="tested",
        title="Notes",
        inputs=(WorkflowInput(name="topic"),),
        steps=(
            PromptStep(name="notes", prompt="Take notes on {inputs.topic}.", output_schema=SCHEMA, retries=RETRIES),
            ApprovalStep(name="ok", prompt="May {steps.notes.title} go out?", needs=("notes",)),
            PromptStep(name="final", prompt="Write up {steps.notes}.", needs=("notes", "ok")),
        ),
        outputs=(WorkflowOutput("title", "notes", ("title",)), WorkflowOutput("final", "final")),
    )


def test_everything_can_be_said() -> None:
    said = from_toml(
        """
        description = "All of it."
        [inputs]
        text = { type = "string", description = "d", default = "abc", min_length = 1, max_length = 9 }
        words = { type = "integer", default = 5, minimum = 1, maximum = 9 }
        share = { type = "number", default = 0.5, minimum = 0, maximum = 1.5 }
        brief = { type = "boolean", default = false }
        [[steps]]
        name = "only"
        kind = "prompt"
        system = "Be brief."
        prompt = "{inputs.text} {inputs.words} {inputs.share} {inputs.brief}"
        needs = []
        model = "demo:parrot"
        temperature = 0
        max_tokens = 100
        retries = 0
        [outputs]
        all = "only"
        """
    )
    assert said.description == "All of it."
    assert said.inputs[0] == WorkflowInput(name="text", description="d", default="abc", least=1, most=9)
    assert [wanted.type for wanted in said.inputs] == list(InputType)
    assert said.steps == (
        PromptStep(
            name="only",
            system="Be brief.",
            prompt="{inputs.text} {inputs.words} {inputs.share} {inputs.brief}",
            model="demo:parrot",
            temperature=0,
            max_tokens=100,
            retries=0,
        ),
    )


@settings(deadline=None)
@given(workflows())
def test_a_workflow_that_is_written_down_as_json_and_read_again_is_the_same(workflow: Workflow) -> None:
    assert workflow_of(workflow.name, json.loads(json.dumps(definition_of(workflow)))) == workflow


def test_what_the_mistakes_are_made_in_has_none() -> None:
    assert mistakes_of(GOOD) == []


@pytest.mark.parametrize(("right", "wrong", "says"), ONE_MISTAKE.values(), ids=ONE_MISTAKE)
def test_a_mistake_is_said_in_one_sentence_with_its_place(right: str, wrong: str, says: str) -> None:
    assert right in GOOD
    [mistake] = mistakes_of(GOOD.replace(right, wrong))
    assert mistake.startswith(says)


@pytest.mark.parametrize(("right", "wrong", "says"), WITH_CONSEQUENCES.values(), ids=WITH_CONSEQUENCES)
def test_what_is_missing_after_a_mistake_is_said_after_it(right: str, wrong: str, says: str) -> None:
    assert right in GOOD
    assert says in [mistake[: len(says)] for mistake in mistakes_of(GOOD.replace(right, wrong))]


def test_a_schema_that_is_none_is_noticed_by_who_knows_schemas() -> None:
    asked = []
    assert mistakes_of(GOOD, lambda schema: asked.append(schema)) == []
    assert asked == [SCHEMA]
    assert mistakes_of(GOOD, lambda _: "is none") == ["step 'notes': output_schema: is none"]


def test_all_mistakes_are_said_at_once() -> None:
    made = {name: ONE_MISTAKE[name] for name in ("a field that is not known", "retries", "an input that nothing uses")}
    text = GOOD
    for right, wrong, _ in made.values():
        text = text.replace(right, wrong)
    said = [(mistake, says) for mistake, (_, _, says) in zip(mistakes_of(text), made.values(), strict=True)]
    assert [mistake for mistake, says in said if not mistake.startswith(says)] == []


def test_what_cannot_be_read_is_not_blamed_for_what_is_then_missing() -> None:
    assert mistakes_of(GOOD.replace('"Take notes on {inputs.topic}."', "5")) == ["step 'notes': prompt: must be a text"]
    assert len(mistakes_of(GOOD.replace("{inputs.topic}", "{inputs.topic"))) == 1


ODD = [None, True, 5, float("nan"), date(2026, 1, 2), "", "a", "object", "notes", "{inputs.a.b}{steps.notes", "#/a/0"]
NAMES = ["name", "type", "prompt", "needs", "topic", "properties", "required", "$ref", "title"]
ANYTHING = st.recursive(
    st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=5,
)


def with_another(value: Any, draw: st.DataObject) -> Any:
    """A copy with something else somewhere in it."""
    inside = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
    if not inside or draw.draw(st.integers(0, 3)) == 0:
        return draw.draw(ANYTHING)
    place = draw.draw(st.sampled_from(sorted(inside)))
    changed = inside | {place: with_another(inside[place], draw)}
    return changed if isinstance(value, dict) else list(changed.values())


@settings(deadline=None)
@given(st.data())
def test_whatever_is_written_down_is_a_workflow_or_is_refused_with_its_mistakes(data: st.DataObject) -> None:
    definition = tomllib.loads(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        definition = with_another(definition, data)
    if isinstance(definition, dict):
        with contextlib.suppress(WorkflowInvalid):
            assert definition_of(workflow_of("tested", definition))["steps"]


def test_a_reference_within_a_schema_is_followed() -> None:
    step = PromptStep(
        name="a", prompt="Go.", output_schema=NOTES_SCHEMA | {"not": {"$ref": "#/properties/facts/items"}}
    )
    assert Workflow(name="w", steps=(step,), outputs=(WorkflowOutput("x", "a"),)).steps == (step,)


def test_there_is_an_end_to_how_much_a_workflow_may_have() -> None:
    steps = "".join(f'[[steps]]\nname = "s{n}"\nprompt = "Go."\n' for n in range(51))
    assert "there must be 1 to 50 steps, not 51" in mistakes_of(steps)
    assert mistakes_of("") == ["there must be 1 to 50 steps, not 0", "there must be 1 to 50 outputs, not 0"]
