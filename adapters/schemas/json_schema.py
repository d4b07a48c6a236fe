"""The port SchemaMismatch: check a value against a JSON Schema (draft 2020-12 unless the schema names another)."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, SchemaError
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from domain.errors import InvalidInput

REASON_CHARACTERS = 500
ERRORS_WEIGHED = 50


def schema_mismatch(value: Any, schema: Mapping[str, Any]) -> str | None:
    """The most telling mismatch with its path, as `$.people[0]: 5 is not of type 'string'`; None when it fits.

    Nothing is ever fetched: a `$ref` must point into the schema itself. `format` is a remark, not a rule. Raises
    InvalidInput naming `schema` when that is not a JSON Schema. A `pattern` is run as it is, by Python's `re`.
    """
    plain = dict(schema)
    try:
        kind = validator_for(plain, default=Draft202012Validator)
        kind.check_schema(plain)
        # Without a registry of our own the package fetches a remote $ref from the network.
        errors = kind(plain, registry=Registry()).iter_errors(value)
        worst = best_match(islice(errors, ERRORS_WEIGHED))
    except SchemaError as error:
        raise InvalidInput("schema", _short(f"is not a JSON Schema: {error.json_path}: {error.message}")) from error
    except Unresolvable as error:
        raise InvalidInput("schema", _short(f"refers to {error.ref!r}, which is not in it")) from error
    except RecursionError:
        return "the value, or its schema, is nested too deeply"
    except Exception as error:  # the package trips in many ways over a $ref to a place that holds no schema
        raise InvalidInput("schema", "cannot be read as a JSON Schema") from error
    return _short(f"{worst.json_path}: {worst.message}") if worst else None


def _short(reason: str) -> str:
    """A mismatch quotes the value, which may be long."""
    return reason if len(reason) <= REASON_CHARACTERS else reason[: REASON_CHARACTERS - 1] + "…"
