"""The JSON Schema that a step's output fits: what it must be, and which fields are sure to be in what fits it.

Whether it is a JSON Schema at all is for the adapter that knows them to say.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from domain.workflows.nearest import meant

SCHEMA_CHARACTERS = 20_000


def schema_mistakes(schema: Mapping[str, Any]) -> Iterator[str]:
    """Each a sentence that begins with its verb."""
    try:
        length = len(json.dumps(schema, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        yield "must be made of what JSON has: no dates, no infinite numbers, and not nested too deeply"
        return
    if length > SCHEMA_CHARACTERS:
        yield f"must have at most {SCHEMA_CHARACTERS:,} characters as JSON, not {length:,}"
    if schema.get("type") != "object":
        yield 'must describe an object: type = "object"'
    for ref in _refs(schema):
        if not _leads_somewhere(ref, schema):
            yield f"refers to {ref!r}, which is not in it"


def path_mistake(schema: Mapping[str, Any] | None, fields: tuple[str, ...]) -> str | None:
    """Why `fields` may lead to nothing in what fits the schema; None when they lead to something for sure.

    What has no schema is text.
    """
    place: Any = schema
    for field in fields:
        if not isinstance(place, Mapping) or place.get("type") != "object":
            return f"looks for the field {field!r} in what has no fields"
        names = sure_fields(place)
        if field not in names:
            return f"looks for the field {field!r}, which the output_schema does not require{meant(field, names)}"
        place = place["properties"][field]
    return None


def sure_fields(schema: Mapping[str, Any]) -> list[str]:
    """Those that are described and required."""
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return []
    return [name for name in properties if name in required]


def _refs(place: Any) -> Iterator[Any]:
    if isinstance(place, Mapping):
        if "$ref" in place:
            yield place["$ref"]
        place = list(place.values())
    if isinstance(place, list):
        for value in place:
            yield from _refs(value)


def _leads_somewhere(ref: Any, schema: Any) -> bool:
    """Whether it is a JSON Pointer to somewhere in the schema (RFC 6901)."""
    if not isinstance(ref, str) or not ref.startswith("#"):
        return False
    place = schema
    for step in ref[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        inside = {str(number): value for number, value in enumerate(place)} if isinstance(place, list) else place
        if not isinstance(inside, Mapping) or name not in inside:
            return False
        place = inside[name]
    return True
