"""What a caller gives to a workflow."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from domain.errors import InvalidInput
from domain.workflows.inputs import checked_inputs, checked_value, input_schema
from domain.workflows.parts import INPUT_CHARACTERS, LARGEST_NUMBER, InputType, WorkflowInput
from tests.support.workflows import inputs

TOPIC = WorkflowInput(name="topic", description="what it is about")
TONE = WorkflowInput(name="tone", default="", most=10)
WORDS = WorkflowInput(name="words", type=InputType.INTEGER, default=800, least=100, most=5000)
SHARE = WorkflowInput(name="share", type=InputType.NUMBER, default=0.5, least=0, most=1)
BRIEF = WorkflowInput(name="brief", type=InputType.BOOLEAN, default=False)
ALL = (TOPIC, TONE, WORDS, SHARE, BRIEF)
HUGE = 10**5000


def test_what_is_not_given_has_its_default_and_a_whole_number_is_one_however_it_is_written() -> None:
    given_little = checked_inputs(ALL, {"topic": "rivers"})
    assert given_little == {"topic": "rivers", "tone": "", "words": 800, "share": 0.5, "brief": False}
    everything = {"topic": " r ", "tone": " ", "words": 900.0, "share": 1, "brief": True}
    assert checked_inputs(ALL, everything) == everything
    assert isinstance(checked_inputs(ALL, everything)["words"], int)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("topic", " \n", "must not be empty"),
        ("topic", "", "must not be empty"),
        ("topic", 5, "must be a text"),
        ("topic", None, "must be a text"),
        ("topic", "x" * (INPUT_CHARACTERS + 1), "must have 1 to 10,000 characters, not 10,001"),
        ("topic", "a\0b", "NUL"),
        ("topic", "\ud800", "surrogate"),
        ("tone", "x" * 11, "must have 0 to 10 characters, not 11"),
        ("words", 99, "must be a whole number from 100 to 5,000"),
        ("words", 800.5, "must be a whole number"),
        ("words", True, "must be a whole number"),
        ("words", "800", "must be a whole number"),
        ("words", HUGE, "from 100 to 5,000"),
        ("words", float("nan"), "must be a whole number"),
        ("share", float("nan"), "must be a number from 0 to 1"),
        ("share", float("inf"), "must be a number from 0 to 1"),
        ("share", -HUGE, "must be a number from 0 to 1"),
        ("share", [0.5], "must be a number"),
        ("brief", 1, "must be true or false"),
        ("mood", "x", "is not an input of this workflow; there are: topic, tone, words, share, brief"),
        ("m" * 1000, "x", "is not an input"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else type(value).__name__,
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_input_and_with_its_bounds(
    name: str, value: Any, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        checked_inputs(ALL, {"topic": "rivers", name: value})
    assert refused.value.field == name[:100]


def test_what_must_be_given_is_asked_for_in_the_words_of_its_description() -> None:
    with pytest.raises(InvalidInput, match="topic: must be given: what it is about"):
        checked_inputs(ALL, {})
    with pytest.raises(InvalidInput, match="there are none"):
        checked_inputs((), {"topic": "rivers"})


def test_without_bounds_a_number_is_one_that_json_keeps_exactly() -> None:
    for kind in (InputType.INTEGER, InputType.NUMBER):
        wanted = WorkflowInput(name="n", type=kind)
        assert checked_value(wanted, -LARGEST_NUMBER) == -LARGEST_NUMBER
        with pytest.raises(InvalidInput, match="9,007,199,254,740,991"):
            checked_value(wanted, LARGEST_NUMBER + 1)


def test_the_schema_describes_every_input_with_the_bounds_that_are_in_force() -> None:
    assert input_schema(ALL) == {
        "type": "object",
        "properties": {
            "topic": {
                "type": "string",
                "description": "what it is about",
                "pattern": r"\S",
                "minLength": 1,
                "maxLength": INPUT_CHARACTERS,
            },
            "tone": {"type": "string", "default": "", "minLength": 0, "maxLength": 10},
            "words": {"type": "integer", "default": 800, "minimum": 100, "maximum": 5000},
            "share": {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1},
            "brief": {"type": "boolean", "default": False},
        },
        "required": ["topic"],
        "additionalProperties": False,
    }


VALUES = st.one_of(
    st.text(" aß\n", max_size=4), st.integers(-9, 9), st.floats(), st.booleans(), st.none(), st.just(2.0), st.just([])
)


@settings(deadline=None)
@given(inputs(), st.dictionaries(st.sampled_from(["given", "other"]), VALUES))
def test_the_schema_takes_what_the_check_takes_and_nothing_else(wanted: WorkflowInput, values: dict[str, Any]) -> None:
    schema = input_schema([wanted])
    Draft202012Validator.check_schema(schema)
    try:
        checked_inputs([wanted], values)
        is_taken = True
    except InvalidInput:
        is_taken = False
    assert Draft202012Validator(schema).is_valid(values) == is_taken
