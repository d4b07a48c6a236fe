"""Which steps of a workflow can start, and what it answers."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import WorkflowInvalid
from domain.workflows.parts import PromptStep, WorkflowOutput, approved
from domain.workflows.workflow import StepState, Workflow, answer_of, ready
from tests.support.workflows import NOTES_SCHEMA, graph, graphs

DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "alone": []}
UNDER_WAY = (StepState.RUNNING, StepState.WAITING)


def names(workflow: Workflow, **states: str) -> list[str]:
    return [step.name for step in ready(workflow, {name: StepState(state) for name, state in states.items()})]


def test_steps_whose_needs_are_met_can_start_side_by_side_and_only_once() -> None:
    workflow = graph(DIAMOND)
    assert names(workflow) == ["a", "alone"]
    assert names(workflow, a="running") == ["alone"]
    assert names(workflow, a="completed", alone="running") == ["b", "c"]
    assert names(workflow, a="completed", alone="pending", b="completed", c="waiting") == ["alone"]
    assert names(workflow, a="completed", alone="running", b="completed", c="completed") == ["d"]
    assert names(workflow, **dict.fromkeys(DIAMOND, "completed")) == []


def test_once_a_step_has_failed_nothing_more_can_start() -> None:
    assert names(graph(DIAMOND), a="completed", b="failed") == []


@settings(deadline=None)
@given(graphs(), st.data())
def test_every_step_is_run_exactly_once_and_after_all_that_it_needs(workflow: Workflow, data: st.DataObject) -> None:
    states, started = dict[str, StepState](), list[str]()
    while able := [*ready(workflow, states), *(name for name, state in states.items() if state in UNDER_WAY)]:
        chosen = data.draw(st.sampled_from(able))
        if isinstance(chosen, str):
            states[chosen] = StepState.COMPLETED
        else:
            assert all(states[need] is StepState.COMPLETED for need in chosen.needs)
            states[chosen.name] = data.draw(st.sampled_from(UNDER_WAY))
            started.append(chosen.name)
    assert sorted(started) == sorted(step.name for step in workflow.steps)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), unique=True), min_size=1))
def test_a_circle_is_refused_and_named_and_what_is_none_is_not(needs: dict[str, list[str]]) -> None:
    needs = {name: [need for need in needed if need in needs] for name, needed in needs.items()}
    done = set[str]()
    while able := {name for name, needed in needs.items() if done.issuperset(needed)} - done:
        done |= able
    try:
        graph(needs)
        circles = []
    except WorkflowInvalid as invalid:
        circles = [mistake.partition("circle: ")[2].split(" → ") for mistake in invalid.mistakes]
    assert bool(circles) == (len(done) < len(needs))
    for circle in circles:
        assert circle[0] == circle[-1]
        assert all(first in needs[then] for first, then in pairwise(circle))
    named = [name for circle in circles for name in circle[1:]]
    assert len(named) == len(set(named))


def test_a_workflow_that_breaks_rules_cannot_be_made_and_the_message_for_callers_says_no_more_than_that() -> None:
    with pytest.raises(WorkflowInvalid) as refused:
        Workflow(name="Bad", steps=(PromptStep(name="a", prompt=""),), outputs=(WorkflowOutput("x", "y"),))
    assert len(refused.value.mistakes) == 4
    assert "prompt" not in str(refused.value)


def test_the_answer_is_what_the_steps_said_or_a_field_of_it() -> None:
    workflow = Workflow(
        name="notes",
        steps=(PromptStep(name="notes", prompt="Take notes.", output_schema=NOTES_SCHEMA),),
        outputs=(
            WorkflowOutput("all", "notes"),
            WorkflowOutput("headline", "notes", ("title",)),
            WorkflowOutput("year", "notes", ("source", "year")),
        ),
    )
    notes = {"title": "Rivers", "facts": [], "source": {"year": 1911}}
    assert answer_of(workflow, {"notes": notes}) == {"all": notes, "headline": "Rivers", "year": 1911}
    assert list(answer_of(workflow, {"notes": notes})) == ["all", "headline", "year"]


def test_an_approval_says_what_was_remarked_with_it() -> None:
    assert (approved(), approved("Fine.")) == ({"comment": ""}, {"comment": "Fine."})
