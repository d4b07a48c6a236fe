"""The wire shapes that the routes under /v1 share, and the small ones."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

import msgspec
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictInt,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from domain.conversation import MESSAGE_CHARACTERS


def _without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the character NUL (U+0000)")
    return value


def _is_no_address(value: str) -> str:
    if "://" in value:
        raise ValueError("must be the name of a model, not an address")
    return value


def _is_text(value: object) -> object:
    if isinstance(value, list) and value and isinstance(value[0], (int, list)):
        raise ValueError("must be text: numbers of tokens are not taken")
    return value


def _can_be_kept(value: dict[str, Any]) -> dict[str, Any]:
    try:
        written = msgspec.json.encode(value)
    except (UnicodeEncodeError, RecursionError):
        raise ValueError("must be JSON that is not nested too deeply, without halves of surrogate pairs") from None
    if b"\\u0000" in written:
        raise ValueError("must not contain the character NUL (U+0000)")
    return value


Words = Annotated[str, Field(max_length=MESSAGE_CHARACTERS), AfterValidator(_without_nul)]
Address = Annotated[str, AfterValidator(_without_nul)]
Name = Annotated[str, Field(max_length=512), AfterValidator(_without_nul)]
Json = Annotated[dict[str, Any], AfterValidator(_can_be_kept)]
Model = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"), AfterValidator(_is_no_address)
]


class Open(BaseModel):
    """More fields than these may come."""

    model_config = ConfigDict(extra="allow", strict=True)


class OfKinds(Open):
    """What may be of several kinds, as the field `BY` says, each of which needs some of the other fields."""

    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]]
    BY: ClassVar[str] = "type"

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        kind = getattr(self, self.BY)
        if kind not in self.NEEDS:
            raise ValueError(f"takes {', '.join(self.NEEDS)}, not {kind!r}")
        for name in self.NEEDS[kind]:
            if getattr(self, name) is None:
                raise ValueError(f"what has the {self.BY} {kind} needs `{name}`")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        document = handler(core_schema)
        usual = cls.model_fields[cls.BY].default
        handler.resolve_ref_schema(document)["anyOf"] = [
            {
                "title": kind,
                "required": [*([] if kind == usual else [cls.BY]), *names],
                "properties": {cls.BY: {"const": kind}, **{name: {"not": {"type": "null"}} for name in names}},
            }
            for kind, names in cls.NEEDS.items()
        ]
        return document


# --- embeddings ---------------------------------------------------------------------------------------------------


MOST_TEXTS = 2048


class EmbeddingsBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "demo:hashing", "input": ["a river"]}]})

    model: Model
    input: Annotated[
        Annotated[str, Field(min_length=1)] | Annotated[list[str], Field(min_length=1, max_length=MOST_TEXTS)],
        BeforeValidator(_is_text),
    ]
    dimensions: Annotated[StrictInt, Field(ge=1, le=65_536)] | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: Annotated[str, Field(max_length=512)] | None = None


# --- answers ------------------------------------------------------------------------------------------------------


class ModelOut(BaseModel):
    """`created` is 0: when a model was made is not known here. What else is known of it is at `/models`."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str
    context_window: int | None = Field(default=None, exclude_if=lambda value: value is None)
    max_output_tokens: int | None = Field(default=None, exclude_if=lambda value: value is None)


class ModelsOut(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelOut]


class ErrorFields(BaseModel):
    message: str
    type: str
    param: str | None
    code: str | None


class ErrorOut(BaseModel):
    """An error in OpenAI's shape; the answer's `x-request-id` names it in the log."""

    error: ErrorFields
