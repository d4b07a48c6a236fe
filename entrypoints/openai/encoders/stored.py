"""What is stored, as OpenAI's clients know it: messages as items, conversations, and pages of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.conversation import Image, Message, MessageStatus, Part, Role, Text, ToolResult
from domain.errors import MessageNotFound
from entrypoints.openai.encoders.items import Item, message_item, output_items
from entrypoints.openai.ids import conversation_id, item_id, item_id_of

STATUS = {MessageStatus.IN_PROGRESS: "in_progress", MessageStatus.COMPLETED: "completed"}


def items_of(message: Message) -> list[Item]:
    """The items that a message is; an answer that is still being written is none yet."""
    key, status = str(message.id), STATUS.get(message.status, "incomplete")
    if message.role is Role.ASSISTANT:
        return output_items(message.parts, key, status)
    if message.role is Role.TOOL:
        results = [part for part in message.parts if isinstance(part, ToolResult)]
        return [_result(part, item_id("function_call_output", key, place)) for place, part in enumerate(results)]
    content = [piece for part in message.parts if (piece := _content(part))]
    return [message_item(item_id("message", key), status, *content, role=message.role.value)]


def page(items: Sequence[Item], *, more: bool) -> dict[str, Any]:
    """A page of a list; an empty one has no ids, and says so with empty ones."""
    ids = [item["id"] for item in items] or [""]
    return {"object": "list", "data": list(items), "first_id": ids[0], "last_id": ids[-1], "has_more": more}


def page_of(items: Sequence[Item], *, descending: bool, limit: int, after: str | None) -> dict[str, Any]:
    """The page behind the item `after` of all these items, oldest first. Raise MessageNotFound when it is none."""
    ordered = list(reversed(items)) if descending else list(items)
    start = 0
    if after is not None:
        wanted = str(item_id_of(after))
        start = 1 + next((i for i, item in enumerate(ordered) if item["id"] == wanted), -2)
        if start < 0:
            raise MessageNotFound(after)
    return page(ordered[start : start + limit], more=len(ordered) > start + limit)


def conversation(id: int, created_at: datetime, metadata: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": conversation_id(id),
        "object": "conversation",
        "created_at": int(created_at.timestamp()),
        "metadata": dict(metadata),
    }


def _content(part: Part) -> Item | None:
    match part:
        case Text(text):
            return {"type": "input_text", "text": text}
        case Image():
            return {"type": "input_image", "image_url": part.url, "file_id": None, "detail": part.detail or "auto"}
        case _:
            return None


def _result(result: ToolResult, id: str) -> Item:
    return {
        "id": id, "type": "function_call_output", "status": "completed", "call_id": result.call_id,
        "output": result.content,
    }  # fmt: skip
