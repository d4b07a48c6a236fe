"""Answers in the words of Anthropic's Messages API, to requests that are checked as strictly as they are there."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.support.provider.answers import Document, calls_in, words_of
from tests.support.provider.script import Script

KNOWN = {
    "model", "max_tokens", "messages", "system", "stream", "stop_sequences", "temperature", "top_p", "top_k", "tools",
    "tool_choice", "thinking", "output_config", "metadata", "service_tier", "cache_control",
}  # fmt: skip
REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}
ERRORS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
          413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error"}  # fmt: skip
CALL_ID = re.compile(r"[a-zA-Z0-9_-]+")


def signature_of(model: str, thought: str) -> str:
    """What only this server can have put under a thought of this model."""
    return hashlib.sha256(f"{model}/{thought}".encode()).hexdigest()


def complaint(request: Document) -> str | None:
    """Why the request is refused, as Anthropic would say it; None when it is in order."""
    if unknown := sorted(set(request) - KNOWN):
        return f"{unknown[0]}: Extra inputs are not permitted"
    if not isinstance(request.get("max_tokens"), int):
        return "max_tokens: Field required"
    messages = request.get("messages") or []
    if not messages or messages[0]["role"] != "user":
        return "messages: first message must use the user role"
    if any(isinstance(m["content"], str) and not m["content"] for m in messages):
        return "messages: text content blocks must be non-empty"
    uses_tools = any("tool" in block["type"] for message in messages for block in _blocks(message))
    if uses_tools and not request.get("tools"):
        return "tools: Field required when messages have tool_use or tool_result blocks"
    return next((why for place in range(len(messages)) if (why := _complaint_at(request, place))), None)


def _complaint_at(request: Document, place: int) -> str | None:
    message, where = request["messages"][place], f"messages.{place}"
    before = _blocks(request["messages"][place - 1]) if place else []
    waiting = [block["id"] for block in before if block["type"] == "tool_use"]
    results = [block["tool_use_id"] for block in _blocks(message) if block["type"] == "tool_result"]
    if sorted(waiting) != sorted(results):
        return f"{where}: `tool_use` ids were found without `tool_result` blocks immediately after, or the reverse"
    if any(block["type"] == "tool_result" for block in _blocks(message)[len(results) :]):
        return f"{where}: `tool_result` blocks must come first"
    for block in _blocks(message):
        if why := _wrong_with(block, request["model"]):
            return f"{where}.content: {why}"
    return None


def _wrong_with(block: Document, model: str) -> str | None:
    match block:
        case {"type": "text", "text": text} if not text.strip():
            return "text content blocks must contain non-whitespace text"
        case {"type": "thinking", "thinking": thought, "signature": signature}:
            if signature != signature_of(model, thought):
                return "Invalid `signature` in `thinking` block"
        case {"type": "redacted_thinking", "data": data}:
            if data != signature_of(model, "redacted"):
                return "Invalid `data` in `redacted_thinking` block: `signature`"
        case {"type": "tool_use", "id": id, "input": given}:
            if not CALL_ID.fullmatch(id) or not isinstance(given, dict):
                return "tool_use.id must match '^[a-zA-Z0-9_-]+$', and its input be an object"
        case {"type": "image", "source": {"type": "base64", "media_type": kind}} if not kind.startswith("image/"):
            return "image.source.media_type: not an image"
    return None


def _blocks(message: Document) -> list[Document]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def opening(request: Document, script: Script) -> Document:
    usage = {
        "input_tokens": _words_asked(request), "cache_read_input_tokens": script.cached, "output_tokens": 1,
        "cache_creation_input_tokens": 0, "service_tier": "standard",
    }  # fmt: skip
    if script.usage == "never":
        usage = {}
    message: Document = {
        "id": "msg_scripted", "type": "message", "role": "assistant", "model": request.get("model"), "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    return {"type": "message_start", "message": message}


def thoughts(request: Document, script: Script) -> Iterator[Document]:
    """The thought, one that is not told, and the beginning of the text."""
    model, index = str(request.get("model")), 0
    if script.reasoning:
        words = [f"r{i} " for i in range(script.reasoning)]
        yield _begun(index, {"type": "thinking", "thinking": "", "signature": ""})
        for word in words:
            yield _delta(index, {"type": "thinking_delta", "thinking": word})
        signature = signature_of(model, "".join(words))
        yield _delta(index, {"type": "signature_delta", "signature": signature})
        yield _stopped(index)
    if script.redacted:
        index += bool(script.reasoning)
        yield _begun(index, {"type": "redacted_thinking", "data": signature_of(model, "redacted")})
        yield _stopped(index)
    yield {"type": "ping"}
    if words_of(request, script):
        yield _begun(_text_index(script), {"type": "text", "text": ""})


def tokens(request: Document, script: Script) -> Iterator[Document]:
    for word in words_of(request, script):
        yield _delta(_text_index(script), {"type": "text_delta", "text": word})


def finish(request: Document, script: Script) -> Iterator[Document]:
    index, words = _text_index(script), words_of(request, script)
    if words:
        yield _stopped(index)
    for place, call in enumerate(calls_in(script), start=index + bool(words)):
        block = {"type": "tool_use", "id": call["id"], "name": call["function"]["name"], "input": {}}
        yield _begun(place, block)
        arguments = call["function"]["arguments"]
        for start in range(0, len(arguments), 3) if arguments != "{}" else ():
            yield _delta(place, {"type": "input_json_delta", "partial_json": arguments[start : start + 3]})
        yield _stopped(place)
    if script.refusal:
        details = {"type": "refusal", "category": None, "explanation": script.refusal}
        yield _ended("refusal", script, request, stop_details=details)
    elif script.finish is not None:
        yield _ended(REASONS.get(script.finish, script.finish), script, request)


def tail(request: Document, script: Script) -> Iterator[Document | str]:
    yield from [{"type": "message_stop"}] * script.done


def event(document: Document | str, script: Script) -> bytes:
    assert isinstance(document, dict)
    data = json.dumps(document, separators=(",", ":"))
    lines = [f"event: {document['type']}", f"data: {data}", *([": a comment"] if script.comments else [])]
    return (script.newline.join(lines) + 2 * script.newline).encode()


def error(message: str, code: str | None = None, status: int = 500) -> Document:
    kind = code or ERRORS.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"}


def _text_index(script: Script) -> int:
    return bool(script.reasoning) + script.redacted


def _words_asked(request: Document) -> int:
    texts = [block.get("text", "") for message in request["messages"] for block in _blocks(message)]
    return sum(len(str(text).split()) for text in [*texts, request.get("system", "")])


def _begun(index: int, block: Document) -> Document:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, delta: Document) -> Document:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def _stopped(index: int) -> Document:
    return {"type": "content_block_stop", "index": index}


def _ended(reason: str, script: Script, request: Document, **more: Any) -> Document:
    spent = {} if script.usage == "never" else {"output_tokens": len(words_of(request, script)) + script.reasoning}
    delta = {"stop_reason": reason, "stop_sequence": None, **more}
    return {"type": "message_delta", "delta": delta, "usage": spent}
