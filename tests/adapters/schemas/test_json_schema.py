"""Checking a value against a JSON Schema."""

from typing import Any

import pytest

from adapters.schemas.json_schema import REASON_CHARACTERS, schema_mismatch
from application.ports.schema import SchemaMismatch
from domain.errors import InvalidInput

check: SchemaMismatch = schema_mismatch
PEOPLE = {
    "type": "object",
    "properties": {"people": {"type": "array", "items": {"$ref": "#/$defs/name"}}},
    "required": ["people"],
    "additionalProperties": False,
    "$defs": {"name": {"type": "string", "minLength": 1}},
}


def test_a_value_that_fits_is_no_mismatch() -> None:
    assert check({"people": ["Ada"]}, PEOPLE) is None


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"people": ["Ada", 5]}, "$.people[1]: 5 is not of type 'string'"),
        ({}, "$: 'people' is a required property"),
        ({"people": [], "mood": 1}, "$: Additional properties are not allowed ('mood' was unexpected)"),
        ([], "$: [] is not of type 'object'"),
    ],
)
def test_a_mismatch_names_the_place_and_the_rule(value: Any, why: str) -> None:
    assert check(value, PEOPLE) == why


def test_a_mismatch_is_short_however_long_the_value() -> None:
    why = check({"people": "x" * 100_000}, PEOPLE)
    assert why is not None
    assert len(why) <= REASON_CHARACTERS


def test_a_value_without_bottom_is_a_mismatch() -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]
    assert "nested too deeply" in str(check(value, {"items": {"$ref": "#"}}))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strng"},
        {"properties": []},
        {"pattern": "("},
        {"$schema": 5},
        {"$ref": "#/nowhere"},
        {"$ref": "#/note", "note": {"type": "strng"}},
        {"$ref": "#/type", "type": "string"},
    ],
)
def test_what_is_no_schema_is_refused_by_name(schema: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        check("x", schema)
    assert refused.value.field == "schema"


def test_a_schema_elsewhere_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = list[object]()
    monkeypatch.setattr("urllib.request.urlopen", lambda *arguments, **_: fetched.append(arguments))
    with pytest.raises(InvalidInput, match="not in it"):
        check("x", {"$ref": "http://127.0.0.1:9/schema.json"})
    assert fetched == []


def test_an_older_schema_is_read_as_what_it_says_it_is() -> None:
    pair = {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}, {"type": "number"}]}
    assert check(["a", 1], pair) is None
    assert check(["a", "b"], pair) == "$[1]: 'b' is not of type 'number'"
