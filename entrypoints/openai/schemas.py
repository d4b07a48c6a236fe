"""The wire shapes that the routes under /v1 share, and the small ones."""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt

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


# --- embeddings ---------------------------------------------------------------------------------------------------


class EmbeddingsBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "demo:hashing", "input": ["a river"]}]})

    model: Model
    input: Annotated[str | list[str], BeforeValidator(_is_text)]
    dimensions: Annotated[StrictInt, Field(ge=1, le=65_536)] | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: Annotated[str, Field(max_length=512)] | None = None


# --- answers ------------------------------------------------------------------------------------------------------


class ModelOut(BaseModel):
    """`created` is 0: when a model was made is not known here."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str


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
