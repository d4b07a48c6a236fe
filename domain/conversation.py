"""Conversations, messages and their parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NewType

from domain.access import OwnerId
from domain.citation import Citation, DocumentId
from domain.errors import InvalidInput

ConversationId = NewType("ConversationId", int)
MessageId = NewType("MessageId", int)

TITLE_CHARACTERS = 200
LABEL_CHARACTERS = 200
ALIAS_CHARACTERS = 200
MESSAGE_CHARACTERS = 1_000_000
INPUT_MESSAGES = 1_000
ATTACHED_DOCUMENTS = 100


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class MessageStatus(StrEnum):
    """`in_progress` until the run that writes the answer has ended; a question is completed at once."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ProviderState:
    """What a provider's model wants back unchanged next time; meaningless to, and never sent to, any other."""

    provider: str
    data: dict[str, Any]
    model: str = ""


Phase = Literal["commentary", "final_answer"]
"""What an answer's text is: said on the way, or the answer itself."""


@dataclass(frozen=True, slots=True)
class Text:
    """`phase` is there when whoever wrote the text said so; `citations` are the sources that it names by number."""

    text: str
    provider_state: ProviderState | None = None
    phase: Phase | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasoning:
    text: str
    provider_state: ProviderState | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants the tool `name` called; `arguments` is JSON as the model wrote it, which may be broken."""

    id: str
    name: str
    arguments: str
    provider_state: ProviderState | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of the call `call_id`."""

    call_id: str
    content: str
    provider_state: ProviderState | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its address, or whole in a `data:` URL; Parley itself never fetches it."""

    url: str
    detail: str | None = None
    provider_state: ProviderState | None = None


Part = Text | Reasoning | ToolCall | ToolResult | Image
"""What a message is made of."""


@dataclass(frozen=True, slots=True)
class Message:
    """Written once. An answer's place is kept, empty and in progress, when its run starts.

    It gets another parent only when its own is taken out of the conversation.
    """

    id: MessageId
    conversation_id: ConversationId
    parent_id: MessageId | None
    role: Role
    parts: tuple[Part, ...]
    status: MessageStatus
    created_at: datetime
    run_id: int | None = None

    @property
    def text(self) -> str:
        return text_of(self.parts)


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """What a model is shown: a message without identity."""

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return text_of(self.parts)


class ConversationKind(StrEnum):
    """What a conversation is for: a chat, an agent's session, the steps of one workflow, or taking in a document."""

    CHAT = "chat"
    SESSION = "session"
    WORKFLOW = "workflow"
    INGESTION = "ingestion"


@dataclass(frozen=True, slots=True)
class Conversation:
    """`alias` is what its owner's client calls it, and no other of that owner's is called so.

    With `documents`, by rising id, its answers rest on what they say.
    """

    id: ConversationId
    owner: OwnerId
    user_label: str | None
    title: str
    created_at: datetime
    updated_at: datetime
    head_id: MessageId | None = None
    pinned: bool = False
    archived: bool = False
    alias: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    kind: ConversationKind = ConversationKind.CHAT
    documents: tuple[DocumentId, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationChange:
    """What a PATCH may say; None leaves a field as it is. `documents` are all that shall be attached."""

    title: str | None = None
    pinned: bool | None = None
    archived: bool | None = None
    metadata: Mapping[str, str] | None = None
    documents: tuple[DocumentId, ...] | None = None


def text_of(parts: Iterable[Part]) -> str:
    """The words of the parts that a person reads; reasoning is not among them."""
    return "".join(part.text for part in parts if isinstance(part, Text))


def citations_in(parts: Iterable[Part]) -> tuple[Citation, ...]:
    """Each source that the texts cite, once, by its number."""
    cited = {one.number: one for part in parts if isinstance(part, Text) for one in part.citations}
    return tuple(cited[number] for number in sorted(cited))


def checked_text(value: str, *, field: str, longest: int = MESSAGE_CHARACTERS) -> str:
    """The text as it is, or InvalidInput naming `field`: blank, too long, or not storable as Unicode text."""
    if not value.strip():
        raise InvalidInput(field, "must not be empty")
    if len(value) > longest:
        raise InvalidInput(field, f"must have at most {longest:,} characters, not {len(value):,}")
    return storable(value, field=field)


def checked_documents(ids: Sequence[DocumentId], *, field: str = "documents") -> tuple[DocumentId, ...]:
    """Each once, by rising id. Raise InvalidInput naming `field`: too many."""
    if len(ids) > ATTACHED_DOCUMENTS:
        raise InvalidInput(field, f"must be at most {ATTACHED_DOCUMENTS} documents, not {len(ids):,}")
    return tuple(sorted(set(ids)))


def checked_messages(messages: Sequence[PromptMessage], *, field: str, most: int = INPUT_MESSAGES) -> None:
    """Raise InvalidInput naming `field`: no message or too many, an empty one, or one that cannot be stored."""
    if not 0 < len(messages) <= most:
        raise InvalidInput(field, f"must have 1 to {most:,} messages, not {len(messages):,}")
    for place, message in enumerate(messages):
        if not message.parts:
            raise InvalidInput(f"{field}[{place}]", "must not be empty")
        for value in (value for part in message.parts for value in _words_in(part)):
            if len(value) > MESSAGE_CHARACTERS:
                raise InvalidInput(f"{field}[{place}]", f"must have at most {MESSAGE_CHARACTERS:,} characters")
            storable(value, field=f"{field}[{place}]")


def _words_in(part: Part) -> tuple[str, ...]:
    match part:
        case Text(text) | Reasoning(text):
            return (text,)
        case ToolCall(id, name, arguments):
            return id, name, arguments
        case ToolResult(call_id, content):
            return call_id, content
        case Image():
            return (part.url,) if not part.url.startswith("data:") else ()


def storable(value: str, *, field: str) -> str:
    """NUL cannot be stored by Postgres, and a lone surrogate is not a character: refuse both by name."""
    if "\x00" in value:
        raise InvalidInput(field, "must not contain the character NUL (U+0000)")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(field, f"has half of a surrogate pair at character {error.start}") from None
    return value
