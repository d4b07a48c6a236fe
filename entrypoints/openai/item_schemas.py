"""What goes into a response or a conversation: messages, calls of functions and what came of them, reasoning."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.conversation import Phase
from entrypoints.openai.chat_schemas import ADDRESSES, ToolName
from entrypoints.openai.schemas import Address, OfKinds, Words

TEXT_TYPES = ("input_text", "output_text", "text", "summary_text", "reasoning_text")
CallId = Annotated[str, Field(min_length=1, max_length=256)]


class PartIn(OfKinds):
    """A text, a refusal, a picture by its address, or a file: by its id, or its bytes in base64 as `file_data`."""

    NEEDS: ClassVar = dict.fromkeys(TEXT_TYPES, ("text",)) | {
        "refusal": ("refusal",),
        "input_image": ("image_url",),
        "input_file": (),
    }

    type: Annotated[str, Field(min_length=1, max_length=64)]
    text: Words | None = None
    refusal: Words | None = None
    image_url: Address | None = None
    detail: Annotated[str, Field(max_length=16)] | None = None
    file_id: Annotated[str, Field(max_length=256)] | None = None
    file_data: Address | None = None
    filename: Annotated[str, Field(max_length=1000)] | None = None

    @model_validator(mode="after")
    def _is_at_an_address(self) -> Self:
        if self.image_url is not None and not self.image_url.lower().startswith(ADDRESSES):
            raise ValueError("`image_url` must begin with https://, http:// or data:")
        return self


Parts = Annotated[list[PartIn], Field(max_length=1000)]


class ItemIn(OfKinds):
    """A message when it has a `role` and no `type`."""

    NEEDS: ClassVar = {
        "message": ("role", "content"),
        "function_call": ("call_id", "name", "arguments"),
        "function_call_output": ("call_id", "output"),
        "reasoning": (),
        "compaction": ("encrypted_content",),
        "item_reference": ("id",),
        "mcp_call": ("id", "name", "arguments"),
        "file_search_call": (),
        "parley:approval_request": (),
    }

    type: Annotated[str, Field(min_length=1, max_length=64)] = "message"
    id: Annotated[str, Field(max_length=256)] | None = None
    role: Literal["user", "assistant", "system", "developer"] | None = None
    content: Words | Parts | None = None
    call_id: CallId | None = None
    name: ToolName | None = None
    arguments: Words | None = None
    output: Words | Parts | None = None
    summary: Parts | None = None
    encrypted_content: Words | None = None
    phase: Phase | None = None


Items = Annotated[list[ItemIn], Field(max_length=1000)]
