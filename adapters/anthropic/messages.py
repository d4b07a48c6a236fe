"""A conversation as the Messages API spells it: a system prompt, then turns of blocks."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from domain.conversation import Image, Part, PromptMessage, Reasoning, Role, Text, ToolCall, ToolResult

Block = dict[str, Any]

DATA_URL = re.compile(r"data:(image/(?:jpeg|png|gif|webp));base64,(.*)", re.DOTALL | re.IGNORECASE)
STRANGE = re.compile(r"[^a-zA-Z0-9_-]")
UNSEEN = "[a picture of a kind that this model does not take]"
BEGIN = "Begin."
EARLIER = "(The beginning of the conversation is left out.)"


def system_of(messages: Iterable[PromptMessage]) -> str:
    """All that is said to the model from above, wherever it stands."""
    return "\n\n".join(m.text for m in messages if m.role is Role.SYSTEM and m.text.strip())


def turns_of(messages: Iterable[PromptMessage], *, thoughts: bool) -> list[Block]:
    """The user's turn first, then by turns; results of tools open the turn behind their calls.

    Without `thoughts` what the model reasoned is left out.
    """
    turns: list[Block] = []
    for message in messages:
        blocks = list(_blocks_of(message, thoughts=thoughts))
        role = "assistant" if message.role is Role.ASSISTANT else "user"
        if not blocks or message.role is Role.SYSTEM:
            continue
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    if not turns or turns[0]["role"] == "assistant":
        turns.insert(0, {"role": "user", "content": [{"type": "text", "text": EARLIER if turns else BEGIN}]})
    return turns


def has_thoughts(turns: Iterable[Block]) -> bool:
    return any("thinking" in block["type"] for turn in turns for block in turn["content"])


def names_called(messages: Sequence[PromptMessage]) -> list[str]:
    """The tools that the conversation calls, each once."""
    calls = (part for message in messages for part in message.parts if isinstance(part, ToolCall))
    return list(dict.fromkeys(call.name for call in calls))


def _blocks_of(message: PromptMessage, *, thoughts: bool) -> Iterator[Block]:
    for part in message.parts:
        if block := _block_of(part, thoughts=thoughts):
            yield block


def _block_of(part: Part, *, thoughts: bool) -> Block | None:
    match part:
        case Text(text):
            return {"type": "text", "text": text} if text.strip() else None  # blank blocks are refused
        case Reasoning():
            return _thought(part) if thoughts else None
        case ToolCall(id, name, arguments):
            return {"type": "tool_use", "id": _call_id(id), "name": name, "input": _input_of(arguments)}
        case ToolResult(call_id, content):
            said = {"content": content} if content.strip() else {}
            return {"type": "tool_result", "tool_use_id": _call_id(call_id), **said}
        case Image(url):
            return _picture(url)


def _thought(part: Reasoning) -> Block | None:
    """As the provider gave it; what it did not sign it would not take."""
    data = part.provider_state.data if part.provider_state else {}
    if data.get("type") == "redacted_thinking":
        return {"type": "redacted_thinking", "data": data.get("data")}
    if signature := data.get("signature"):
        return {"type": "thinking", "thinking": part.text, "signature": signature}
    return None


def _call_id(id: str) -> str:
    """Ids may have letters, digits, `_` and `-`; those of other vendors may have more."""
    return f"{STRANGE.sub('_', id)}_{zlib.crc32(id.encode()):08x}" if STRANGE.search(id) else id


def _input_of(arguments: str) -> dict[str, Any]:
    """An object in any case: what a model wrote may be broken, and is then shown as it is."""
    try:
        value = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {"unreadable": arguments}


def _picture(url: str) -> Block:
    if not url.lower().startswith("data:"):
        return {"type": "image", "source": {"type": "url", "url": url}}
    if found := DATA_URL.fullmatch(url):
        source = {"type": "base64", "media_type": found[1].lower(), "data": found[2]}
        return {"type": "image", "source": source}
    return {"type": "text", "text": UNSEEN}
