"""What the documentation says of the answers under /v1; the encoders make them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["in_progress", "completed", "incomplete"]


class Answer(BaseModel):
    """More fields than these may come."""

    model_config = ConfigDict(extra="allow")


# --- items --------------------------------------------------------------------------------------------------------


class PartObject(Answer):
    type: Literal["input_text", "output_text", "reasoning_text", "summary_text", "refusal", "input_image"]
    text: str | None = None


class MessageItem(Answer):
    id: str
    type: Literal["message"]
    status: Status
    role: Literal["user", "assistant", "system"]
    content: list[PartObject]


class ReasoningItem(Answer):
    id: str
    type: Literal["reasoning"]
    summary: list[PartObject]
    content: list[PartObject]


class CallItem(Answer):
    id: str
    type: Literal["function_call"]
    status: Status
    call_id: str
    name: str
    arguments: str


class ResultItem(Answer):
    id: str
    type: Literal["function_call_output"]
    status: Status
    call_id: str
    output: str


class ServerCallItem(Answer):
    """A call of a tool that runs here."""

    id: str
    type: Literal["mcp_call"]
    status: Status
    server_label: str
    name: str
    arguments: str
    output: str | None


class FileSearchItem(Answer):
    """A search in vector stores; `results` are there when `include` has `file_search_call.results`."""

    id: str
    type: Literal["file_search_call"]
    status: Status
    queries: list[str]
    results: list[dict[str, Any]] | None


class ApprovalItem(Answer):
    """A person is asked before a tool runs here; the decision goes to `/approvals/{approval_id}`."""

    id: str
    type: Literal["parley:approval_request"]
    approval_id: int
    call_id: str
    name: str
    arguments: str


class CompactionItem(Answer):
    id: str
    type: Literal["compaction"]
    encrypted_content: str


Item = Annotated[
    MessageItem | ReasoningItem | CallItem | ResultItem | ServerCallItem | FileSearchItem | ApprovalItem,
    Field(discriminator="type"),
]


class PageObject(Answer):
    """An empty page has empty ids."""

    object: Literal["list"]
    first_id: str
    last_id: str
    has_more: bool


class ItemsPage(PageObject):
    data: list[Item]


# --- conversations and responses ----------------------------------------------------------------------------------


class ConversationObject(Answer):
    id: str
    object: Literal["conversation"]
    created_at: int
    metadata: dict[str, str]


class ConversationsPage(PageObject):
    data: list[ConversationObject]


class DeletedObject(Answer):
    id: str
    object: Literal["conversation.deleted", "response"]
    deleted: Literal[True]


class ResponseUsage(Answer):
    input_tokens: int
    input_tokens_details: dict[str, int]
    output_tokens: int
    output_tokens_details: dict[str, int]
    total_tokens: int


class ResponseObject(Answer):
    """`conversation` is null when nothing was stored."""

    id: str
    object: Literal["response"]
    created_at: int
    completed_at: int | None
    status: Literal["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]
    background: bool
    model: str
    output: list[Item]
    error: dict[str, Any] | None
    incomplete_details: dict[str, Any] | None
    usage: ResponseUsage | None
    conversation: dict[str, str] | None
    previous_response_id: str | None
    metadata: dict[str, str]


class CompactionObject(Answer):
    id: str
    object: Literal["response.compaction"]
    created_at: int
    output: list[CompactionItem]
    usage: ResponseUsage


# --- files --------------------------------------------------------------------------------------------------------


class FileObject(Answer):
    """Natively it is the document of the number in its id."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: int
    filename: str
    purpose: Literal["assistants"]
    status: Literal["uploaded", "processed", "error"]
    status_details: str | None


class FilesPage(PageObject):
    data: list[FileObject]


class DeletedFile(Answer):
    id: str
    object: Literal["file"]
    deleted: Literal[True]


# --- chat completions and embeddings ------------------------------------------------------------------------------


class CompletionMessage(Answer):
    role: Literal["assistant"]
    content: str | None
    refusal: str | None
    tool_calls: list[dict[str, Any]] | None = None


class CompletionChoice(Answer):
    index: int
    message: CompletionMessage
    finish_reason: str


class CompletionUsage(Answer):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionObject(Answer):
    """As the provider gave it, where it speaks this dialect itself."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: CompletionUsage | None


class EmbeddingObject(Answer):
    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingsUsage(Answer):
    prompt_tokens: int
    total_tokens: int


class EmbeddingsObject(Answer):
    object: Literal["list"]
    data: list[EmbeddingObject]
    model: str
    usage: EmbeddingsUsage
