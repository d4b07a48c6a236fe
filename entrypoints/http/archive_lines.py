"""Conversations as lines of JSON, and back without loss: the format that is taken out and moved in."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from domain.access import OwnerId
from domain.archive import WholeConversation
from domain.conversation import (
    Conversation,
    ConversationId,
    Image,
    Message,
    MessageId,
    MessageStatus,
    Part,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from domain.errors import InvalidInput

PARTS: dict[str, type[Part]] = {
    "text": Text,
    "reasoning": Reasoning,
    "tool_call": ToolCall,
    "tool_result": ToolResult,
    "image": Image,
}
NAMES = {part: name for name, part in PARTS.items()}
END = b'{"record":"end"}\n'
NOBODY = OwnerId("")


class ConversationLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    title: str
    created_at: datetime
    updated_at: datetime
    record: Literal["conversation"] = "conversation"
    head_id: int | None = None
    user_id: str | None = None
    pinned: bool = False
    archived: bool = False
    metadata: dict[str, str] = {}


class MessageLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    conversation_id: int
    role: Role
    created_at: datetime
    parts: list[dict[str, Any]]
    record: Literal["message"] = "message"
    parent_id: int | None = None
    status: MessageStatus = MessageStatus.COMPLETED


def lines_of(whole: WholeConversation) -> bytes:
    """A line for the conversation, and one for each message."""
    c = whole.conversation
    first = ConversationLine(
        id=c.id,
        title=c.title,
        created_at=c.created_at,
        updated_at=c.updated_at,
        head_id=c.head_id,
        user_id=c.user_label,
        pinned=c.pinned,
        archived=c.archived,
        metadata=dict(c.metadata),
    )
    rest = [
        MessageLine(
            id=each.id,
            conversation_id=c.id,
            role=each.role,
            created_at=each.created_at,
            parts=[_of_part(part) for part in each.parts],
            parent_id=each.parent_id,
            status=each.status,
        )
        for each in whole.messages
    ]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in (first, *rest))


def wholes_in(body: bytes) -> list[WholeConversation]:
    """Raise InvalidInput that names the line: not such a line, or the last is not the end."""
    wholes: list[tuple[Conversation, list[Message]]] = []
    has_ended = False
    for number, line in enumerate(body.splitlines(), start=1):
        if not line.strip():
            continue
        if has_ended:
            raise InvalidInput(f"line {number}", "comes after the end")
        record = _read(line, number)
        if record is None:
            has_ended = True
        elif isinstance(record, Conversation):
            wholes.append((record, []))
        elif wholes and wholes[-1][0].id == record.conversation_id:
            wholes[-1][1].append(record)
        else:
            raise InvalidInput(f"line {number}", "must come below its conversation")
    if not has_ended:
        raise InvalidInput("body", 'the last line must be {"record":"end"}: something is missing')
    return [WholeConversation(conversation, tuple(messages)) for conversation, messages in wholes]


def _read(line: bytes, number: int) -> Conversation | Message | None:
    """None is the end."""
    try:
        kind = msgspec.json.decode(line).get("record")
        if kind == "end":
            return None
        if kind == "conversation":
            return _conversation(msgspec.json.decode(line, type=ConversationLine))
        return _message(msgspec.json.decode(line, type=MessageLine))
    except (msgspec.MsgspecError, AttributeError, KeyError, TypeError, UnicodeError) as error:
        raise InvalidInput(f"line {number}", f"is no record of an archive: {error}") from error


def _conversation(line: ConversationLine) -> Conversation:
    return Conversation(
        id=ConversationId(line.id),
        owner=NOBODY,
        user_label=line.user_id,
        title=line.title,
        created_at=_aware(line.created_at),
        updated_at=_aware(line.updated_at),
        head_id=None if line.head_id is None else MessageId(line.head_id),
        pinned=line.pinned,
        archived=line.archived,
        metadata=line.metadata,
    )


def _message(line: MessageLine) -> Message:
    return Message(
        id=MessageId(line.id),
        conversation_id=ConversationId(line.conversation_id),
        parent_id=None if line.parent_id is None else MessageId(line.parent_id),
        role=line.role,
        parts=tuple(_to_part(part) for part in line.parts),
        status=line.status,
        created_at=_aware(line.created_at),
    )


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise msgspec.ValidationError("a time must name its zone")
    return at


def _of_part(part: Part) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(part)
    return {"type": NAMES[type(part)], **{name: value for name, value in fields.items() if value not in (None, [])}}


def _to_part(given: dict[str, Any]) -> Part:
    fields = dict(given)
    return msgspec.convert(fields, PARTS[fields.pop("type")])
