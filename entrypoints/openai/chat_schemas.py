"""What a chat completion may ask for. It is checked as far as Parley knows it; the rest is kept for the provider."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from entrypoints.openai.schemas import Model, OfKinds, Open, Words

ADDRESSES = ("https://", "http://", "data:")
"""What a picture's address may begin with. Parley never opens one."""

ToolName = Annotated[str, Field(pattern=r"^[\w.-]{1,128}$")]
Count = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


class ContentPart(Open):
    """`text`, `image_url` and whatever else the provider takes."""

    type: Annotated[str, Field(min_length=1, max_length=64)]
    text: Words | None = None

    @model_validator(mode="after")
    def _has_what_it_is(self) -> Self:
        if self.type == "text" and self.text is None:
            raise ValueError("a part of type text needs `text`")
        if self.type.endswith("_url"):
            link = (self.model_extra or {}).get(self.type)
            url = link.get("url") if isinstance(link, dict) else link
            if not (isinstance(url, str) and url.lower().startswith(ADDRESSES)):
                raise ValueError(f"`{self.type}.url` must begin with https://, http:// or data:")
        return self


class Function(Open):
    name: ToolName
    arguments: Words


class ToolCallIn(Open):
    id: Annotated[str, Field(min_length=1, max_length=256)]
    type: Literal["function", "custom"] = "function"
    function: Function | None = None


class ChatMessage(OfKinds):
    BY = "role"
    NEEDS: ClassVar = dict.fromkeys(("system", "developer", "user", "function"), ("content",)) | {
        "assistant": (),
        "tool": ("content", "tool_call_id"),
    }

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Words | Annotated[list[ContentPart], Field(min_length=1, max_length=1000)] | None = None
    tool_calls: Annotated[list[ToolCallIn], Field(max_length=256)] | None = None
    tool_call_id: Annotated[str, Field(min_length=1, max_length=256)] | None = None


class FunctionSpec(Open):
    name: ToolName
    description: Words | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class ToolIn(OfKinds):
    NEEDS: ClassVar = {"function": ("function",), "custom": ()}

    type: Literal["function", "custom"]
    function: FunctionSpec | None = None


class SchemaIn(Open):
    name: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
    schema_: Annotated[dict[str, Any], Field(alias="schema")] = Field(default_factory=dict)
    strict: bool | None = None


class ResponseFormat(OfKinds):
    NEEDS: ClassVar = {"text": (), "json_object": (), "json_schema": ("json_schema",)}

    type: Literal["text", "json_object", "json_schema"]
    json_schema: SchemaIn | None = None


class StreamOptions(Open):
    include_usage: bool | None = None


class ChatCompletionBody(Open):
    """Fields that Parley does not know go to the provider as they are, if it speaks this dialect itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"model": "demo:parrot", "messages": [{"role": "user", "content": "Why does a river bend?"}]}]
        }
    )

    model: Model
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=1000)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    n: Annotated[StrictInt, Field(ge=1, le=128)] | None = None
    stop: Words | Annotated[list[Words], Field(max_length=16)] | None = None
    seed: Annotated[StrictInt, Field(ge=-(2**63), le=2**63 - 1)] | None = None
    tools: Annotated[list[ToolIn], Field(max_length=256)] | None = None
    tool_choice: Literal["none", "auto", "required"] | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[StrictInt, Field(ge=0, le=20)] | None = None
    user: Annotated[str, Field(max_length=512)] | None = None
    metadata: Annotated[dict[str, Annotated[str, Field(max_length=512)]], Field(max_length=16)] | None = None
    store: bool | None = None
