"""What a response may ask for. Harmless fields that Parley does not know are ignored."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from entrypoints.openai.chat_schemas import Count, ToolName
from entrypoints.openai.filter_schemas import AttributeFilter, RankingOptions
from entrypoints.openai.item_schemas import Items
from entrypoints.openai.schemas import Json, Model, Name, OfKinds, Open, Words

Metadata = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[Words, Field(max_length=512)]],
    Field(max_length=16),
]
Id = Annotated[str, Field(min_length=1, max_length=256)]
Penalty = Annotated[float, Field(ge=-2, le=2, allow_inf_nan=False)]


class FunctionTool(OfKinds):
    """`function` is run by the caller; `parley:tool` is one of this server's own, by its name; `file_search` is this
    server's search in vector stores."""

    NEEDS: ClassVar = {"function": ("name",), "parley:tool": ("name",), "file_search": ("vector_store_ids",)}

    type: Annotated[str, Field(min_length=1, max_length=64)]
    name: ToolName | None = None
    description: Words | None = None
    parameters: Json | None = None
    strict: bool | None = None
    vector_store_ids: Annotated[list[Id], Field(min_length=1, max_length=10)] | None = None
    max_num_results: Annotated[StrictInt, Field(ge=1, le=50)] | None = None
    filters: AttributeFilter | None = None
    ranking_options: RankingOptions | None = None


class Choice(OfKinds):
    """One function or the search in files, or only some functions."""

    NEEDS: ClassVar = {"function": ("name",), "allowed_tools": ("tools",), "file_search": ()}

    type: Annotated[str, Field(min_length=1, max_length=64)]
    name: ToolName | None = None
    mode: Literal["none", "auto", "required"] = "auto"
    tools: Annotated[list[FunctionTool], Field(min_length=1, max_length=256)] | None = None


class Format(Open):
    type: Literal["text", "json_object", "json_schema"]
    name: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")] | None = None
    schema_: Annotated[Json, Field(alias="schema")] = Field(default_factory=dict)
    strict: bool | None = None
    description: Words | None = None

    @model_validator(mode="after")
    def _has_its_name(self) -> Self:
        if self.type == "json_schema" and (self.name is None or not self.schema_):
            raise ValueError("a format of type json_schema needs `name` and `schema`")
        return self


class TextConfig(Open):
    format: Format | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class ReasoningConfig(Open):
    effort: Name | None = None
    summary: Name | None = None


class ConversationRef(Open):
    id: Id


EXAMPLE = ConfigDict(json_schema_extra={"examples": [{"model": "demo:parrot", "input": "Why does a river bend?"}]})


class CompactBody(Open):
    model_config = EXAMPLE

    input: Words | Items | None = None
    model: Model
    instructions: Words | None = None
    previous_response_id: Id | None = None

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not self.input and self.previous_response_id is None:
            raise ValueError("`input` or `previous_response_id` is needed")
        return self

    @property
    def conversation_id(self) -> str | None:
        return None


class ResponseBody(Open):
    """`previous_response_id` or `conversation` say what this goes on from; a new conversation begins without them."""

    model_config = EXAMPLE

    input: Annotated[Words, Field(min_length=1)] | Annotated[Items, Field(min_length=1)]
    model: Model | None = None
    instructions: Words | None = None
    previous_response_id: Id | None = None
    conversation: Id | ConversationRef | None = None
    stream: bool | None = None
    background: bool | None = None
    store: bool | None = None
    tools: Annotated[list[FunctionTool], Field(max_length=256)] | None = None
    tool_choice: Literal["none", "auto", "required"] | Choice | None = None
    parallel_tool_calls: bool | None = None
    text: TextConfig | None = None
    reasoning: ReasoningConfig | None = None
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    top_logprobs: Annotated[StrictInt, Field(ge=0, le=20)] | None = None
    max_output_tokens: Count | None = None
    max_tool_calls: Count | None = None
    truncation: Literal["auto", "disabled"] | None = None
    metadata: Metadata | None = None
    include: Annotated[list[Name], Field(max_length=32)] | None = None
    user: Name | None = None
    safety_identifier: Name | None = None
    prompt_cache_key: Name | None = None
    service_tier: Name | None = None
    prompt: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.previous_response_id is not None and self.conversation is not None:
            raise ValueError("give `previous_response_id` or `conversation`, not both")
        if self.background and self.store is False:
            raise ValueError("what runs in the `background` must be stored: leave out `store`: false")
        if self.prompt is not None:
            raise ValueError("`prompt`: there are no prompt templates here; send `instructions` and `input`")
        return self

    @property
    def conversation_id(self) -> str | None:
        return self.conversation.id if isinstance(self.conversation, ConversationRef) else self.conversation


SAID: Any = {"type": "message", "role": "user", "content": "Why does a river bend?"}


class NewConversationBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [SAID], "metadata": {"topic": "rivers"}}]})

    items: Annotated[Items, Field(max_length=20)] | None = None
    metadata: Metadata | None = None


class ConversationChangeBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"metadata": {"topic": "rivers"}}]})

    metadata: Metadata | None


class NewItemsBody(Open):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [SAID]}]})

    items: Annotated[Items, Field(min_length=1, max_length=20)]
