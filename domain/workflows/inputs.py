"""What a caller gives to a workflow: how a JSON Schema describes it, and how it is checked."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.conversation import storable
from domain.errors import InvalidInput
from domain.workflows.parts import InputType, InputValue, WorkflowInput

SHOWN_CHARACTERS = 100
KIND = {
    InputType.STRING: "a text",
    InputType.INTEGER: "a whole number",
    InputType.NUMBER: "a number",
    InputType.BOOLEAN: "true or false",
}
BOUND_KEYWORDS = {
    InputType.STRING: ("minLength", "maxLength"),
    InputType.INTEGER: ("minimum", "maximum"),
    InputType.NUMBER: ("minimum", "maximum"),
}


def input_schema(inputs: Sequence[WorkflowInput]) -> dict[str, Any]:
    """The JSON Schema of what `checked_inputs` takes."""
    return {
        "type": "object",
        "properties": {wanted.name: _property(wanted) for wanted in inputs},
        "required": [wanted.name for wanted in inputs if wanted.default is None],
        "additionalProperties": False,
    }


def checked_inputs(inputs: Sequence[WorkflowInput], given: Mapping[str, Any]) -> dict[str, InputValue]:
    """A value for each input, the default where none is given; a whole number such as 800.0 becomes 800.

    Raise InvalidInput naming the input: unknown, missing, of another type, or out of its bounds, which are said.
    """
    names = [wanted.name for wanted in inputs]
    if unknown := next((name for name in given if name not in names), None):
        known = f"there are: {', '.join(names)}" if names else "there are none"
        raise InvalidInput(str(unknown)[:SHOWN_CHARACTERS], f"is not an input of this workflow; {known}")
    return {wanted.name: _value(wanted, given) for wanted in inputs}


def checked_value(wanted: WorkflowInput, value: Any) -> InputValue:
    """The value, or InvalidInput naming the input."""
    match wanted.type, value:
        case InputType.BOOLEAN, bool():
            return value
        case InputType.STRING, str():
            return _text(wanted, value)
        case InputType.INTEGER | InputType.NUMBER, int() | float() if not isinstance(value, bool):
            return _number(wanted, value)
    raise InvalidInput(wanted.name, f"must be {KIND[wanted.type]}")


def _value(wanted: WorkflowInput, given: Mapping[str, Any]) -> InputValue:
    if wanted.name not in given and wanted.default is None:
        raise InvalidInput(wanted.name, f"must be given: {wanted.description or KIND[wanted.type]}")
    return checked_value(wanted, given.get(wanted.name, wanted.default))


def _text(wanted: WorkflowInput, value: str) -> str:
    least, most = wanted.bounds
    if wanted.must_say_something and not value.strip():
        raise InvalidInput(wanted.name, "must not be empty")
    if not least <= len(value) <= most:
        raise InvalidInput(wanted.name, f"must have {least:,} to {most:,} characters, not {len(value):,}")
    return storable(value, field=wanted.name)


def _number(wanted: WorkflowInput, value: float) -> float:
    least, most = wanted.bounds
    if wanted.type is InputType.INTEGER and isinstance(value, float):
        if not value.is_integer():
            raise InvalidInput(wanted.name, f"must be {KIND[wanted.type]}")
        value = int(value)
    if not least <= value <= most:  # what is not a number at all is in no bounds
        raise InvalidInput(wanted.name, f"must be {KIND[wanted.type]} from {least:,} to {most:,}")
    return value


def _property(wanted: WorkflowInput) -> dict[str, Any]:
    """The bounds that are in force are all there."""
    described: dict[str, Any] = {"type": wanted.type.value}
    if wanted.description:
        described["description"] = wanted.description
    if wanted.default is not None:
        described["default"] = wanted.default
    if wanted.must_say_something:
        described["pattern"] = r"\S"
    return described | dict(zip(BOUND_KEYWORDS.get(wanted.type, ()), wanted.bounds, strict=False))
