"""A small value for a JSON Schema."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters.demo.instance import instance_of
from domain.errors import ProviderRejectedRequest

TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "parent": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name", "parent", "children"],
            "additionalProperties": False,
        }
    },
    "$ref": "#/$defs/node",
}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "string", "minLength": 40},
        {"type": "string", "maxLength": 2},
        {"type": ["null", "string"]},
        {"type": "boolean"},
        {"const": {"a": 1}},
        {"enum": ["b", "c"]},
        {"type": "integer"},
        {"type": "integer", "minimum": 3, "maximum": 3},
        {"type": "integer", "exclusiveMinimum": 3.5, "exclusiveMaximum": 5},
        {"type": "integer", "maximum": -2.5},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "array", "items": {"type": "number"}, "minItems": 3},
        {"type": "array", "items": {"type": "number"}, "maxItems": 0},
        {"type": "array", "items": {"type": "string"}, "minItems": 4, "uniqueItems": True},
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}], "minItems": 2, "maxItems": 2},
        {"items": {"const": 1}, "minItems": 2, "type": "array"},
        {"anyOf": [{"type": "number", "minimum": 2}, {"type": "string"}]},
        {"oneOf": [{"type": "object", "properties": {"kind": {"const": "a"}}, "required": ["kind"]}]},
        {
            "allOf": [{"$ref": "#/$defs/a~1b"}],
            "description": "as pydantic once wrote it",
            "$defs": {"a/b": {"const": 5}},
        },
        {"properties": {"a": {"type": "number"}, "b": {"type": "string"}}, "required": ["a"]},
        {"type": "object", "required": ["free"], "properties": {"free": True}},
        TREE,
    ],
)
def test_the_value_fits(schema: dict[str, Any]) -> None:
    value = instance_of(schema, "one two three four five six seven eight nine ten eleven twelve")
    assert [error.message for error in Draft202012Validator(schema).iter_errors(value)] == []


def test_strings_take_turns_with_the_words() -> None:
    names = {"type": "array", "items": {"type": "string"}, "minItems": 2}
    assert instance_of(names, "Ada met Bob in Rome today") == ["Ada met Bob", "in Rome today"]


def test_without_words_there_is_still_a_string() -> None:
    assert "parrot" in instance_of({"type": "string"}, " ")


def test_only_what_is_required_is_there() -> None:
    assert instance_of({"properties": {"a": {}, "b": {"type": "number"}}, "required": ["b"]}, "x") == {"b": 0}


def test_formats_that_programs_parse_are_kept() -> None:
    assert instance_of({"type": "string", "format": "date"}, "x") == "2001-02-03"


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"type": "object", "properties": {"self": {"$ref": "#"}}, "required": ["self"]},
        {"type": "array", "items": {}, "minItems": 10**9},
        {"type": "string", "minLength": 10**9},
        {
            "$defs": {
                str(n): {"type": "array", "items": {"$ref": f"#/$defs/{n + 1}"}, "minItems": 10} for n in range(9)
            }
            | {"9": {}},
            "$ref": "#/$defs/0",
        },
        {"$ref": "http://127.0.0.1:9/"},
        {"$ref": "#/$defs/missing"},
        {"type": 5},
        {"type": "object", "properties": [], "required": ["a"]},
        {"enum": []},
        {"anyOf": []},
        False,
    ],
)
def test_a_schema_that_nothing_small_fits_is_refused(schema: Any) -> None:
    with pytest.raises(ProviderRejectedRequest, match="JSON Schema"):
        instance_of(schema, "one two three")
