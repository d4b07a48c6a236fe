"""The items that OpenAI's clients know a message as: one for each part that is said, thought or called."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from domain.conversation import Part, Phase, Reasoning, Text, ToolCall
from entrypoints.openai.ids import item_id

Item = dict[str, Any]


def output_text(text: str) -> Item:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def reasoning_text(text: str) -> Item:
    return {"type": "reasoning_text", "text": text}


def refusal(text: str) -> Item:
    return {"type": "refusal", "refusal": text}


def message_item(id: str, status: str, *content: Item, role: str = "assistant", phase: Phase | None = None) -> Item:
    more = {"phase": phase} if phase else {}
    return {"id": id, "type": "message", "status": status, "role": role, "content": list(content), **more}


def reasoning_item(id: str, status: str, *content: Item) -> Item:
    return {"id": id, "type": "reasoning", "status": status, "summary": [], "content": list(content)}


def call_item(id: str, status: str, *, call_id: str, name: str, arguments: str) -> Item:
    return {
        "id": id, "type": "function_call", "status": status, "call_id": call_id, "name": name, "arguments": arguments
    }  # fmt: skip


def item_of(part: Text | Reasoning | ToolCall, id: str, status: str) -> Item:
    """What an assistant's part is as an item."""
    match part:
        case Text(text):
            return message_item(id, status, output_text(text), phase=part.phase)
        case Reasoning(text):
            return reasoning_item(id, status, reasoning_text(text))
        case ToolCall():
            return call_item(id, status, call_id=part.id, name=part.name, arguments=part.arguments)


TYPE_OF: dict[type[Part], str] = {Text: "message", Reasoning: "reasoning", ToolCall: "function_call"}


def output_items(parts: Iterable[Part], key: str, status: str, *, refused: bool = False) -> list[Item]:
    """The items of an answer; `key` is its message's id. Items of a kind are counted, whatever stands between.

    `refused`: the text at the end says why there is no answer.
    """
    counts: Counter[str] = Counter()
    items = []
    for part in parts:
        if isinstance(part, (Text, Reasoning, ToolCall)):
            kind = TYPE_OF[type(part)]
            items.append(item_of(part, item_id(kind, key, counts[kind]), status))
            counts[kind] += 1
    if refused and items and items[-1]["type"] == "message":
        items[-1]["content"] = [refusal(piece["text"]) for piece in items[-1]["content"]]
    return items
