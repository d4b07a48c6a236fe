"""The wire shapes of the native routes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from domain.conversation import (
    ATTACHED_DOCUMENTS,
    LABEL_CHARACTERS,
    MESSAGE_CHARACTERS,
    TITLE_CHARACTERS,
    Conversation,
    Message,
)
from domain.run import IfBusy, Run
from domain.usage import Usage
from entrypoints.http.parts import PartOut, part_out
from entrypoints.http.sources import SourceOut

LARGEST_ID = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
StrictId = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID)]
DocumentIds = Annotated[list[StrictId], Field(max_length=ATTACHED_DOCUMENTS)]
UserLabel = Annotated[StrictStr, Field(min_length=1, max_length=LABEL_CHARACTERS)]
ModelName = Annotated[StrictStr, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Body(BaseModel):
    """A request body: unknown fields are refused by name, because a misspelt one would be a silent mistake."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """An answer."""


def body_example(*examples: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": list(examples)})


# --- chat ---------------------------------------------------------------------------------------------------------


class ChatMessage(Body):
    role: Literal["user", "assistant", "system"]
    content: Annotated[StrictStr, Field(max_length=MESSAGE_CHARACTERS)]


STORED = ("message", "conversation_id", "user_id", "documents", "if_busy")
STATELESS = ("messages", "temperature", "max_tokens")


def form(title: str, given: str, without: tuple[str, ...]) -> dict[str, Any]:
    """What a body is by JSON Schema that has this field, and none of those."""
    fields = {given: {"not": {"type": "null"}}, **{name: {"type": "null"} for name in without}}
    return {"title": title, "required": [given], "properties": fields}


class ChatBody(Body):
    """Exactly one of `message` (a stored turn) and `messages` (stateless)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"message": "Why does a river bend?"}],
            "oneOf": [form("A stored turn", "message", STATELESS), form("Stateless", "messages", STORED)],
        },
    )

    message: Annotated[StrictStr, Field(min_length=1, max_length=MESSAGE_CHARACTERS)] | None = None
    conversation_id: StrictId | None = Field(default=None, description="go on in this conversation; null begins one")
    user_id: UserLabel | None = Field(default=None, description="a label within your own data, never an identity")
    documents: DocumentIds | None = Field(
        default=None, description="ids of documents that the conversation's answers rest on from here; [] is none"
    )
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=1000)] | None = None
    if_busy: IfBusy | None = Field(
        default=None,
        description="while another run answers here: `reject` (the default), `queue` behind it, or `interrupt` it",
    )
    model: ModelName | None = Field(default=None, description="`provider:model`, or a name of the default provider")
    temperature: Annotated[StrictFloat, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    max_tokens: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.message is None) == (self.messages is None):
            raise ValueError("give exactly one of `message` (a stored turn) and `messages` (stateless)")
        for name in STORED if self.messages is not None else STATELESS:
            if getattr(self, name) is not None:
                kind = "`message`" if name in STORED else "`messages`"
                raise ValueError(f"`{name}` goes only with {kind}")
        return self


class UsageOut(Out):
    input_tokens: int
    output_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, usage: Usage | None) -> "UsageOut | None":
        if usage is None:
            return None
        return cls(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, total_tokens=usage.total_tokens)


class CompatOut(Out):
    """What the model that answered could not be shown or told: `reasoning` and `provider_state` of another model,
    `images`, `tools`, or a wish by its name."""

    dropped: list[str]

    @classmethod
    def of(cls, dropped: Sequence[str]) -> "CompatOut | None":
        return cls(dropped=list(dropped)) if dropped else None


class ChatOut(Out):
    """`conversation_id`, `run_id` and `status` are null when nothing was stored; `compat` is there when a switch of
    models left something out, and `sources` when the reply rests on documents."""

    conversation_id: int | None
    reply: str
    model: str
    usage: UsageOut | None
    run_id: int | None = None
    status: str | None = None
    compat: CompatOut | None = Field(default=None, exclude_if=lambda value: value is None)
    sources: list[SourceOut] = Field(
        default=[], exclude_if=lambda value: not value, description="what the reply cites as `[rank]`"
    )


# --- conversations ------------------------------------------------------------------------------------------------


class NewConversationBody(Body):
    model_config = body_example({"title": "Rivers"})

    title: Annotated[StrictStr, Field(min_length=1, max_length=TITLE_CHARACTERS)] | None = None
    user_id: UserLabel | None = None
    documents: DocumentIds = Field(default=[], description="ids of documents that its answers rest on")


class ConversationChangeBody(Body):
    model_config = body_example({"title": "Rivers and lakes", "pinned": True})

    title: Annotated[StrictStr, Field(min_length=1, max_length=TITLE_CHARACTERS)] | None = None
    pinned: StrictBool | None = None
    archived: StrictBool | None = None
    documents: DocumentIds | None = Field(
        default=None, description="ids of all documents that its answers rest on from now; [] is none"
    )


class ConversationOut(Out):
    id: int
    user_id: str | None
    title: str
    created_at: datetime
    updated_at: datetime
    pinned: bool
    archived: bool
    alias: str | None = Field(description="what a client calls it, such as the chat id of a page with `useChat`")
    documents: list[int] = Field(description="ids of the documents that its answers rest on")

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        return cls(**_fields(conversation))


class OneConversationOut(ConversationOut):
    active_run_id: int | None = Field(description="the run that is answering now; follow it at /runs/{id}/events")

    @classmethod
    def with_run(cls, conversation: Conversation, run: Run | None) -> Self:
        return cls(**_fields(conversation), active_run_id=run.id if run else None)


def _fields(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "user_id": conversation.user_label,
        "title": conversation.title,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "pinned": conversation.pinned,
        "archived": conversation.archived,
        "alias": conversation.alias,
        "documents": list(conversation.documents),
    }


class MessageOut(Out):
    id: int
    role: str
    content: str
    created_at: datetime
    parent_id: int | None
    parts: list[PartOut]
    run_id: int | None
    status: str

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls(
            id=message.id,
            role=message.role,
            content=message.text,
            created_at=message.created_at,
            parent_id=message.parent_id,
            parts=[part_out(part) for part in message.parts],
            run_id=message.run_id,
            status=message.status,
        )


class MessagesOut(Out):
    conversation_id: int
    messages: list[MessageOut]


class ForkOut(Out):
    parent_id: int | None = Field(description="null where the conversation begins in more than one way")
    message_ids: list[int] = Field(description="siblings, oldest first")


class ForksOut(Out):
    conversation_id: int
    forks: list[ForkOut]


class HeadOut(Out):
    conversation_id: int
    head_id: int


# --- runs ---------------------------------------------------------------------------------------------------------


class NewRunBody(Body):
    model_config = body_example({"message": "Why does a river bend?"})

    message: Annotated[StrictStr, Field(min_length=1, max_length=MESSAGE_CHARACTERS)]
    conversation_id: StrictId | None = Field(default=None, description="go on in this conversation; null begins one")
    user_id: UserLabel | None = Field(default=None, description="a label within your own data, never an identity")
    model: ModelName | None = Field(default=None, description="`provider:model`, or a name of the default provider")
    if_busy: IfBusy | None = Field(default=None, description="as in `POST /chat`")
    documents: DocumentIds | None = Field(default=None, description="as in `POST /chat`")
    tools: StrictBool = Field(
        default=False, description="answer in steps, with the help of the server's tools, as an agent's session does"
    )


class ProblemOut(Out):
    code: str
    message: str


class RunOut(Out):
    """`answered_by` is the model that really answered, `dropped` what of the conversation it could not be shown."""

    id: int
    kind: str
    status: str
    conversation_id: int
    question_id: int
    answer_id: int
    model: str
    created_at: datetime
    finished_at: datetime | None
    finish_reason: str | None
    problem: ProblemOut | None
    usage: UsageOut | None
    answered_by: str | None
    dropped: list[str]
    last_seq: int

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls(
            id=run.id,
            kind=run.kind,
            status=run.status,
            conversation_id=run.conversation_id,
            question_id=run.question_id,
            answer_id=run.answer_id,
            model=run.model,
            created_at=run.created_at,
            finished_at=run.finished_at,
            finish_reason=run.finish_reason,
            problem=ProblemOut(code=run.problem.code, message=run.problem.message) if run.problem else None,
            usage=UsageOut.of(run.usage),
            answered_by=run.answered_by,
            dropped=list(run.dropped),
            last_seq=run.last_event,
        )


# --- completions and embeddings -----------------------------------------------------------------------------------


class EditBody(Body):
    model_config = body_example({"message": "Why do rivers meander?"})

    message: Annotated[StrictStr, Field(min_length=1, max_length=MESSAGE_CHARACTERS)]
    model: ModelName | None = None


class RegenerateBody(Body):
    model_config = body_example({})

    model: ModelName | None = None


class CompleteBody(Body):
    model_config = body_example({"prompt": "Rivers bend because water wears the outer bank.", "task": "summarize"})

    prompt: Annotated[StrictStr, Field(min_length=1, max_length=10_000)]
    task: Literal["summarize", "classify", "extract", "translate"] = "summarize"
    target_language: Annotated[StrictStr, Field(max_length=100)] | None = None


class CompleteOut(Out):
    result: str | dict[str, Any]


class EmbedBody(Body):
    model_config = body_example({"texts": ["a river", "a stream"]})

    texts: Annotated[
        list[Annotated[StrictStr, Field(min_length=1, max_length=32_000)]], Field(min_length=1, max_length=256)
    ]
    model: ModelName | None = None


class EmbedOut(Out):
    embeddings: list[list[float]]
    dimensions: int
    model: str


class ProblemDetails(Out):
    """RFC 9457 problem details; `detail` is a sentence, except on 422, where it is a list that names each field."""

    type: str
    title: str
    status: int
    detail: str | list[dict[str, Any]]
    code: str
    request_id: str
