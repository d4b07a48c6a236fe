"""Workflows for tests: in few words, and drawn by hypothesis."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from domain.errors import WorkflowInvalid
from domain.workflows.definition import SchemaMistake, workflow_of
from domain.workflows.parts import (
    ApprovalStep,
    InputType,
    PromptStep,
    WorkflowInput,
    WorkflowOutput,
    WorkflowStep,
)
from domain.workflows.workflow import Workflow

NOTES_SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "facts": {"type": "array", "items": {"$ref": "#/$defs/fact"}},
        "source": {"type": "object", "properties": {"year": {"type": "integer"}}, "required": ["year"]},
        "mood": {"type": "string"},
    },
    "required": ["title", "facts", "source"],
    "$defs": {"fact": {"type": "string"}},
}


def graph(needs: Mapping[str, Sequence[str]]) -> Workflow:
    """A workflow of steps with these needs and nothing else; each is an output."""
    return Workflow(
        name="graph",
        steps=tuple(PromptStep(name=name, prompt="Go on.", needs=tuple(needed)) for name, needed in needs.items()),
        outputs=tuple(WorkflowOutput(name, name) for name in needs),
    )


def from_toml(text: str, schema_mistake: SchemaMistake = lambda _: None) -> Workflow:
    return workflow_of("tested", tomllib.loads(text), schema_mistake)


def mistakes_of(text: str, schema_mistake: SchemaMistake = lambda _: None) -> list[str]:
    """What is wrong with a definition; nothing when it can be used."""
    try:
        from_toml(text, schema_mistake)
    except WorkflowInvalid as invalid:
        return list(invalid.mistakes)
    return []


NAMES = st.sampled_from(["a", "b1", "end", "class_", "steps", "inputs", "x_y_z", "prompt"])
WORDS = st.sampled_from(["Go on.", " ß 🙂 ", 'a"b\\', "{{}}", "line\nline"])
FITTING: dict[InputType, list[dict[str, Any]]] = {
    InputType.STRING: [{}, {"default": ""}, {"least": 2, "most": 3, "default": " ab"}, {"most": 0, "default": ""}],
    InputType.INTEGER: [{}, {"least": -5}, {"least": 7, "most": 7, "default": 7}],
    InputType.NUMBER: [{}, {"most": 0.5, "default": -0.25}, {"least": 1, "most": 1.5}],
    InputType.BOOLEAN: [{}, {"default": False}],
}


@st.composite
def graphs(draw: st.DrawFn) -> Workflow:
    """Steps that need some of those before them, written down in any order."""
    names = "abcdefgh"[: draw(st.integers(1, 8))]
    needs = {name: [need for need in names[:place] if draw(st.booleans())] for place, name in enumerate(names)}
    return graph({name: needs[name] for name in draw(st.permutations(names))})


@st.composite
def inputs(draw: st.DrawFn, name: str = "given") -> WorkflowInput:
    kind = draw(st.sampled_from(InputType))
    return WorkflowInput(name=name, type=kind, description=draw(WORDS), **draw(st.sampled_from(FITTING[kind])))


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    """Any that can be used, in all that can be said about one."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    given = [draw(inputs(name)) for name in draw(st.lists(NAMES, max_size=2, unique=True))]
    uses = " ".join(f"{{inputs.{wanted.name}}}" for wanted in given)
    steps = [draw(_steps(name, names[:place], uses)) for place, name in enumerate(names)]
    return Workflow(
        name=draw(st.sampled_from(["a", "a-b_1"])),
        title=draw(WORDS),
        description=draw(st.just("") | WORDS),
        inputs=tuple(given),
        steps=tuple(draw(st.permutations(steps))),
        outputs=tuple(WorkflowOutput(name, name) for name in names),
    )


@st.composite
def _steps(draw: st.DrawFn, name: str, earlier: Sequence[str], uses: str) -> WorkflowStep:
    needs = [need for need in earlier if draw(st.booleans())]
    common: dict[str, Any] = {"name": name, "needs": tuple(needs), "prompt": draw(WORDS) + uses}
    if len(needs) > 0 and draw(st.booleans()):
        common["prompt"] += f" {{steps.{needs[0]}}}"
    if draw(st.booleans()):
        return ApprovalStep(**common)
    return PromptStep(
        **common,
        system=draw(st.just("") | WORDS),
        model=draw(st.sampled_from([None, "demo:parrot"])),
        output_schema=draw(st.sampled_from([None, NOTES_SCHEMA])),
        temperature=draw(st.sampled_from([None, 0, 1.5])),
        max_tokens=draw(st.sampled_from([None, 9])),
        retries=draw(st.integers(0, 10)),
    )
