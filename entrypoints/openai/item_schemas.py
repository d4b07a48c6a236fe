"""What goes into a response or a conversation: messages, calls of functions and what came of them, reasoning."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from entrypoints.openai.chat_schemas import ADDRESSES, ToolName
from entrypoints.openai.schemas import Address, Open, Words

ITEM_TYPES = ("message", "function_call", "function_call_output", "reasoning", "compaction", "item_reference")
TEXT_TYPES = ("input_text", "output_text", "text", "summary_text", "reasoning_text")
CallId = Annotated[str, Field(min_length=1, max_length=256)]


class PartIn(Open):
    """A text, a refusal, or a picture by its address."""

    type: Annotated[str, Field(min_length=1, max_length=64)]
    text: Words | None = None
    refusal: Words | None = None
    image_url: Address | None = None
    detail: Annotated[str, Field(max_length=16)] | None = None

    @model_validator(mode="after")
    def _has_what_it_is(self) -> Self:
        if self.type in TEXT_TYPES:
            _need(self.type, text=self.text)
        elif self.type == "refusal":
            _need(self.type, refusal=self.refusal)
        elif self.type == "input_image":
            if self.image_url is None or not self.image_url.lower().startswith(ADDRESSES):
                raise ValueError("a part of type input_image needs `image_url`: https://, http:// or data:")
        else:
            raise ValueError(f"takes text and pictures (input_text, output_text, input_image), not {self.type!r}")
        return self


Parts = Annotated[list[PartIn], Field(max_length=1000)]


class ItemIn(Open):
    """A message when it has a `role` and no `type`."""

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

    @model_validator(mode="after")
    def _has_what_it_is(self) -> Self:
        if self.type not in ITEM_TYPES:
            raise ValueError(f"takes items of type {', '.join(ITEM_TYPES)}, not {self.type!r}")
        if self.type == "message":
            _need(self.type, role=self.role, content=self.content)
        elif self.type == "function_call":
            _need(self.type, call_id=self.call_id, name=self.name, arguments=self.arguments)
        elif self.type == "function_call_output":
            _need(self.type, call_id=self.call_id, output=self.output)
        elif self.type == "compaction":
            _need(self.type, encrypted_content=self.encrypted_content)
        elif self.type == "item_reference":
            _need(self.type, id=self.id)
        return self


Items = Annotated[list[ItemIn], Field(max_length=1000)]


def _need(type: str, **fields: Any) -> None:
    for name, value in fields.items():
        if value is None:
            raise ValueError(f"what has the type {type} needs `{name}`")
