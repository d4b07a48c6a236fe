"""A small JSON value that fits a JSON Schema, its strings made of somebody's words."""

import math
from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import cycle, islice
from operator import ge, gt, le, lt, or_
from typing import Any

from domain.errors import ProviderRejectedRequest

DEEPEST = 64
"""Levels of nesting after which a schema is taken to describe nothing finite."""
SHALLOW = 6
"""Levels down to which a list gets an item that it need not have."""
MOST = 10_000
"""Values, and characters of padding, in one instance."""
WORDS_PER_STRING = 3
BOUNDS = {"minimum": ge, "maximum": le, "exclusiveMinimum": gt, "exclusiveMaximum": lt}
TYPE_OF = {"properties": "object", "required": "object", "items": "array"}
FORMATS = {
    "date-time": "2001-02-03T04:05:06Z",
    "date": "2001-02-03",
    "time": "04:05:06Z",
    "email": "parrot@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
}


def instance_of(schema: Mapping[str, Any], words: str) -> Any:
    """A value that fits: required properties only, the first choice of several, the smallest number.

    Strings take a few words at a time from `words`. `pattern`, `not`, `multipleOf` and conditions are not looked at.
    Raises ProviderRejectedRequest when the schema cannot be read or describes nothing of a reasonable size.
    """
    try:
        return _Builder(schema, words).value(schema)
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise _rejected("cannot be read") from error


def _rejected(why: str) -> ProviderRejectedRequest:
    return ProviderRejectedRequest("demo", f"the JSON Schema {why}")


class _Builder:
    def __init__(self, root: Mapping[str, Any], words: str) -> None:
        self._root = root
        self._words: Iterator[str] = cycle(words.split() or ["parrot"])
        self._room = MOST

    def value(self, schema: Any, depth: int = 0) -> Any:
        self._spend(1, depth)
        if schema is True or schema == {}:
            return self._string({})
        if "$ref" in schema:
            return self.value({**self._target(schema["$ref"]), **_without(schema, "$ref")}, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if "allOf" in schema:
            return self.value(reduce(or_, schema["allOf"], _without(schema, "allOf")), depth + 1)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.value({**_without(schema, choice), **self._chosen(schema[choice], depth)}, depth + 1)
        return self._typed(schema, depth)

    def _typed(self, schema: Mapping[str, Any], depth: int) -> Any:
        match _type(schema):
            case "object":
                properties = schema.get("properties", {})
                return {name: self.value(properties.get(name, {}), depth + 1) for name in schema.get("required", [])}
            case "array":
                return self._array(schema, depth)
            case "integer" | "number" as kind:
                return _number(schema, kind)
            case "boolean":
                return False
            case "null":
                return None
            case _:
                return self._string(schema)

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        wanted = min(1, schema.get("maxItems", 1)) if depth < SHALLOW else 0
        places = range(max(wanted, schema.get("minItems", 0)))
        first, rest = schema.get("prefixItems", []), schema.get("items", {})
        return [self.value(first[place] if place < len(first) else rest, depth + 1) for place in places]

    def _string(self, schema: Mapping[str, Any]) -> str:
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        text = " ".join(islice(self._words, WORDS_PER_STRING))[:100]
        shortest = schema.get("minLength", 0)
        self._spend(shortest)
        return text.ljust(shortest, ".")[: schema.get("maxLength")]

    def _chosen(self, options: list[Mapping[str, Any]], depth: int) -> Mapping[str, Any]:
        """The first; deep down rather one that does not lead further down."""
        return min(options, key=lambda option: depth >= SHALLOW and "$ref" in option)

    def _target(self, ref: str) -> Mapping[str, Any]:
        if not ref.startswith("#"):
            raise _rejected(f"refers to {ref[:100]!r}, which is not in it")
        place: Any = self._root
        for step in ref[1:].split("/")[1:]:
            place = place[step.replace("~1", "/").replace("~0", "~")]
        return place  # type: ignore[no-any-return]

    def _spend(self, amount: int, depth: int = 0) -> None:
        self._room -= amount
        if self._room < 0 or depth > DEEPEST:
            raise _rejected("describes nothing of a reasonable size")


def _without(schema: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != keyword}


def _type(schema: Mapping[str, Any]) -> str:
    """What the schema says, or what its keywords are about."""
    kind = schema.get("type") or next((kind for keyword, kind in TYPE_OF.items() if keyword in schema), "string")
    return kind if isinstance(kind, str) else str(kind[0])


def _number(schema: Mapping[str, Any], kind: str) -> float:
    """0, or a number beside a bound, or one in the middle of the bounds."""
    bounds = [schema[name] for name in schema if name in BOUNDS]
    beside = [math.floor(bound) + step for bound in bounds for step in (0, 1, -1)]
    middle = [sum(bounds) / len(bounds)] if bounds and kind == "number" else []
    fits = (n for n in (0, *beside, *middle) if all(BOUNDS[name](n, schema[name]) for name in schema if name in BOUNDS))
    return next(fits, 0)
