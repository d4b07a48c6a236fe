"""Whether what a model wrote as arguments can be given to a tool."""

import json

from application.ports.schema import SchemaMismatch
from domain.errors import InvalidInput
from domain.tool import Tool

ARGUMENT_CHARACTERS = 200_000


def argument_problem(schema_mismatch: SchemaMismatch, tool: Tool, arguments: str) -> str | None:
    """What is wrong with them, in words that help the model to mend them; None when they fit the tool's schema."""
    if len(arguments) > ARGUMENT_CHARACTERS:
        return f"they have {len(arguments):,} characters; at most {ARGUMENT_CHARACTERS:,} are taken"
    try:
        value = json.loads(arguments or "{}")
    except (ValueError, RecursionError) as error:
        return f"they are not JSON: {error}"
    if not isinstance(value, dict):
        return "they are not a JSON object"
    try:
        return schema_mismatch(value, tool.spec.parameters or {})
    except InvalidInput as error:
        return f"the tool has no usable schema: {error}"
