"""The arguments of a function: their JSON Schema, and how a model's arguments become Python values."""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaWarningKind

from application.ports.tools import ToolFailed

KEY = "idempotency_key"
"""A parameter of this name gets the key of the call; the model is not told of it."""
ERRORS_TOLD = 5


class UnfitFunction(Exception):
    """The function cannot be a tool; the message says what is wrong with it."""


class _PlainSchema(GenerateJsonSchema):
    """Without titles, which repeat the names, and without a remark on defaults that JSON does not know."""

    ignored_warning_kinds: set[JsonSchemaWarningKind] = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`names` are the parameters that the model fills in, in order; `takes_key` when the function wants the key too."""

    names: tuple[str, ...]
    takes_key: bool
    schema: Mapping[str, Any]
    _model: type[BaseModel]

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Self:
        """Raise UnfitFunction for parameters without a type that JSON can carry."""
        parameters = inspect.signature(function).parameters
        try:
            hints = typing.get_type_hints(function, include_extras=True)
        except Exception as error:  # a hint is any expression, so it fails in any way
            raise UnfitFunction(f"its type hints cannot be read: {error}") from error
        fields = {name: _field(p, hints) for name, p in parameters.items() if name != KEY}
        # Behind aliases, as `json` and `copy` are good names of parameters but not of a model's fields.
        inner: dict[str, Any] = {f"p{number}": field for number, field in enumerate(fields.values())}
        try:
            model: type[BaseModel] = create_model("Arguments", __config__=ConfigDict(extra="forbid"), **inner)
            schema = model.model_json_schema(schema_generator=_PlainSchema)
        except (PydanticUserError, TypeError) as error:
            raise UnfitFunction(f"its parameters do not fit JSON: {str(error).splitlines()[0]}") from error
        schema.pop("title", None)
        return cls(names=tuple(fields), takes_key=KEY in parameters, schema=schema, _model=model)

    def values(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The function's keyword arguments. Raise ToolFailed naming what does not fit."""
        try:
            checked = self._model.model_validate(dict(arguments))
        except ValidationError as error:
            raise ToolFailed(_told(error)) from error
        return {name: getattr(checked, f"p{number}") for number, name in enumerate(self.names)}


def _field(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> tuple[Any, FieldInfo]:
    name = parameter.name
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise UnfitFunction(f"its parameter {name!r} cannot be given by name")
    if name not in hints:
        raise UnfitFunction(f"its parameter {name!r} has no type hint")
    default = ... if parameter.default is parameter.empty else parameter.default
    described = Field(default, alias=name, description=_words(hints[name]))
    return hints[name], described


def _words(hint: Any) -> str | None:
    """`Annotated[str, "the city's name"]` says what a parameter is for."""
    extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((extra for extra in extras if isinstance(extra, str)), None)


def _told(error: ValidationError) -> str:
    wrong = error.errors(include_url=False, include_input=False, include_context=False)
    said = [f"{'.'.join(str(part) for part in e['loc']) or 'arguments'}: {e['msg']}" for e in wrong[:ERRORS_TOLD]]
    return f"The arguments do not fit: {'; '.join(said)}"
