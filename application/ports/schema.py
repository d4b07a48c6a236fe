"""The port that checks a value against a JSON Schema."""

from collections.abc import Callable, Mapping
from typing import Any

SchemaMismatch = Callable[[Any, Mapping[str, Any]], str | None]
"""Why the value does not fit the schema, in one sentence that a model can mend by; None when it fits."""
