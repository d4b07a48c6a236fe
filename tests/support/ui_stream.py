"""A UI message stream as AI SDK 7 reads it: the message that a page ends up with. tests/clients asks the SDK itself."""

import json
from collections.abc import Iterable
from typing import Any

Chunk = dict[str, Any]
UIMessage = dict[str, Any]


def chunks_of(body: str) -> list[Chunk]:
    """The chunks of a whole stream. `[DONE]` is the last event, or there was an error."""
    events = [event for event in body.split("\n\n") if event and not event.startswith(":")]
    assert all(event.startswith("data: ") and "\n" not in event for event in events)
    is_done = events[-1] == "data: [DONE]"
    chunks = [json.loads(event.removeprefix("data: ")) for event in (events[:-1] if is_done else events)]
    assert is_done is not any(chunk["type"] == "error" for chunk in chunks)
    return chunks


def message_of(chunks: Iterable[Chunk], before: UIMessage | None = None) -> UIMessage:
    """The message at the end; `before` is what the page had already of the message that is gone on with."""
    message: UIMessage = json.loads(json.dumps(before)) if before else {"id": None, "role": "assistant", "parts": []}
    parts: list[Any] = message["parts"]
    writing: dict[str, Any] = {}
    for chunk in chunks:
        type, _, moment = chunk["type"].rpartition("-")
        match chunk["type"]:
            case "start":
                message |= {"id": chunk["messageId"], "metadata": chunk["messageMetadata"]}
            case "start-step":
                parts.append({"type": "step-start"})
            case "reset-step":
                del parts[max(n for n, part in enumerate(parts) if part["type"] == "step-start") + 1 :]
                writing.clear()
            case "text-start" | "reasoning-start":
                named = {"id": chunk["id"]} if type == "reasoning" else {}
                writing[chunk["id"]] = {"type": type, **named, "text": "", "state": "streaming"}
                parts.append(writing[chunk["id"]])
            case "text-delta" | "reasoning-delta":
                writing[chunk["id"]]["text"] += chunk["delta"]
            case "text-end" | "reasoning-end":
                writing.pop(chunk["id"])["state"] = "done"
            case "tool-input-delta":
                call = _call(parts, chunk)
                call["rawInput"] = call.get("rawInput", "") + chunk["inputTextDelta"]
            case kind if kind.startswith("tool-"):
                _note(parts, chunk)
            case "finish-step" | "finish" | "abort" | "error":
                pass
            case unknown:
                raise AssertionError(f"{unknown} {moment} is no part of the protocol")
    return message


def _call(parts: list[Any], chunk: Chunk) -> Any:
    return next(part for part in reversed(parts) if part.get("toolCallId") == chunk["toolCallId"])


def _note(parts: list[Any], chunk: Chunk) -> None:
    """What a chunk says of a call."""
    named = {name: chunk[name] for name in ("toolCallId", "providerExecuted") if name in chunk}
    if not any(part.get("toolCallId") == chunk["toolCallId"] for part in parts):
        parts.append({"type": f"tool-{chunk['toolName']}", **named, "state": "input-streaming"})
    call = _call(parts, chunk)
    match chunk["type"]:
        case "tool-input-available":
            call.pop("rawInput", None)
            call.update(state="input-available", input=chunk["input"])
        case "tool-input-error":
            raw = chunk["input"]
            call.update(state="output-error", input=raw, rawInput=raw, errorText=chunk["errorText"])
        case "tool-output-available":
            call.update(state="output-available", output=chunk["output"])
        case "tool-output-error":
            call.update(state="output-error", errorText=chunk["errorText"])
        case "tool-approval-request":
            call.update(state="approval-requested", approval={"id": chunk["approvalId"]})
