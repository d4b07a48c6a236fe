"""A schema as the Messages API enforces it (its "Structured outputs")."""

from collections.abc import Mapping
from typing import Any

from domain.tool import JsonSchema


def enforceable(asked: JsonSchema) -> dict[str, Any] | None:
    """The schema with the rules that the vendor knows, the rest as descriptions; None when too little would be left.

    Every object is closed: one that is there to be filled freely could only be empty, so it is not enforced at all.
    """
    if _is_open(asked.schema):
        return None
    from anthropic import transform_schema  # loaded already, where a server is connected

    try:
        return transform_schema(dict(asked.schema))
    except (ValueError, TypeError, AttributeError, AssertionError, RecursionError):
        return None  # it has forms that the vendor does not know


def _is_open(schema: Any) -> bool:
    """Some object in it may have properties that it does not name, and names none."""
    if isinstance(schema, list):
        return any(map(_is_open, schema))
    if not isinstance(schema, Mapping):
        return False
    if schema.get("type") == "object" and not schema.get("properties"):
        return schema.get("additionalProperties") is not False
    return any(map(_is_open, schema.values()))
