"""The schema of a stranger's tool, made harmless before it meets a model or a validator."""

import json
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 64 * 1024
DEEPEST = 40
MOST_STEPS = 10_000
MOST_WORDS = 1024
VALUES = frozenset({"const", "default", "enum", "examples"})
SUBSCHEMAS_BY_NAME = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})


class UnfitSchema(Exception):
    """The message says why the tool is left out."""


def harmless(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object, the same for the model but without a stranger's regular expressions.

    One such expression can keep a validator busy for ever; the server checks them itself, and the model reads them in
    the description. Raise UnfitSchema for what is too large, too deep, or grows without end when its references are
    followed, or has references to what is not in it.
    """
    if schema.get("type", "object") != "object":
        raise UnfitSchema("its arguments are not an object")
    whole: dict[str, Any] = _without_patterns({**schema, "type": "object"}, 0)
    if len(json.dumps(schema)) > MOST_BYTES:
        raise UnfitSchema(f"its schema is larger than {MOST_BYTES // 1024} KiB")
    if _Steps(whole).of(whole) > MOST_STEPS:
        raise UnfitSchema("the references in its schema multiply")
    return whole


def _without_patterns(schema: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise UnfitSchema("its schema is nested too deeply")
    if isinstance(schema, list):
        return [_without_patterns(each, depth + 1) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in VALUES:
            kept[key] = value
        elif key in SUBSCHEMAS_BY_NAME and isinstance(value, dict):
            kept[key] = {name: _without_patterns(each, depth + 2) for name, each in value.items()}
        elif key not in ("pattern", "patternProperties"):
            kept[key] = _without_patterns(value, depth + 1)
    if isinstance(pattern := schema.get("pattern"), str):
        words = f"{schema.get('description', '')} (must match {pattern})".strip()
        kept["description"] = words[:MOST_WORDS]
    if "patternProperties" in schema:
        kept.pop("additionalProperties", None)  # it would refuse what matched a pattern
    return kept


class _Steps:
    """How many schemas a validator may visit for one value: references are followed, each circle once."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self._whole = whole
        self._known: dict[str, int] = {}

    def of(self, schema: Any) -> int:
        if isinstance(schema, list):
            return sum(self.of(each) for each in schema)
        if not isinstance(schema, dict):
            return 0
        steps = 1 + sum(self.of(value) for key, value in schema.items() if key not in ("$defs", "definitions"))
        reference = schema.get("$ref") or schema.get("$dynamicRef")
        return min(steps + (self._behind(reference) if isinstance(reference, str) else 0), MOST_STEPS + 1)

    def _behind(self, reference: str) -> int:
        if reference not in self._known:
            self._known[reference] = 1  # a circle ends here, as a validator's does with the value that it follows
            self._known[reference] = self.of(self._target(reference))
        return self._known[reference]

    def _target(self, reference: str) -> Any:
        place: Any = self._whole if reference.startswith("#") else None
        for step in reference.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            place = place.get(name) if isinstance(place, dict) else None
        if place is None:
            raise UnfitSchema("its schema refers to what is not in it")
        return place
