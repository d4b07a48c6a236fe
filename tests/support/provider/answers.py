"""What an answer is made of: pure functions from a request and a script to bytes and documents."""

import base64
import hashlib
import json
import re
import struct
from collections.abc import Iterator
from typing import Any

from tests.support.provider.script import Script

Document = dict[str, Any]
MARK = re.compile(r"mark:[\w-]+")


def words_of(request: Document, script: Script) -> list[str]:
    """The tokens of an answer; joined, they are its text."""
    text = script.text
    if script.echo:
        text = str(request.get("messages", [{}])[-1].get("content") or "")
    if text is None:
        padding = "x" * script.padding
        return [f"{' ' if i else ''}w{i}{padding}" for i in range(script.words)]
    return re.findall(r"\S*\s+|\S+", text)


def marks_in(request: Any) -> list[str]:
    """Every `mark:<name>` in a request: which piece of work paid for it."""
    return MARK.findall(json.dumps(request))


def usage_of(request: Document, script: Script) -> Document:
    spent = len(words_of(request, script)) + script.reasoning
    asked = sum(len(str(message.get("content")).split()) for message in request.get("messages", []))
    return {"prompt_tokens": asked, "completion_tokens": spent, "total_tokens": asked + spent}


def chunk(
    request: Document, delta: Document | None, finish: str | None = None, usage: Document | None = None
) -> Document:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    head = {"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1_700_000_000}
    return {**head, "model": request.get("model"), "choices": choices, **({"usage": usage} if usage else {})}


def opening(request: Document) -> Document:
    return chunk(request, {"role": "assistant", "content": ""})


def thoughts(request: Document, script: Script) -> Iterator[Document]:
    for i in range(script.reasoning):
        yield chunk(request, {script.reasoning_field: f"r{i} "})


def tokens(request: Document, script: Script) -> Iterator[Document]:
    usage = usage_of(request, script) if script.usage == "always" else None
    for word in words_of(request, script):
        yield chunk(request, {"content": word}, usage=usage)


def finish(request: Document, script: Script) -> Iterator[Document]:
    if script.finish is not None:
        usage = usage_of(request, script) if script.usage in ("finish", "always") else None
        yield chunk(request, {}, script.finish, usage)


def tail(request: Document, script: Script) -> Iterator[Document | str]:
    asked = (request.get("stream_options") or {}).get("include_usage")
    if script.usage == "asked" and asked:
        yield chunk(request, None, usage=usage_of(request, script))
    yield from ["[DONE]"] * script.done


def event(document: Document | str, script: Script) -> bytes:
    """As it goes over the wire. ASCII only where JSON has its own spelling; text itself in UTF-8."""
    data = document if isinstance(document, str) else _json(document)
    lines = [": a comment", f"data: {data}", "event: chunk"] if script.comments else [f"data: {data}"]
    return (script.newline.join(lines) + 2 * script.newline).encode()


def whole(request: Document, script: Script) -> Document:
    """The answer to a request that is not streamed."""
    message = {"role": "assistant", "content": "".join(words_of(request, script))}
    if script.reasoning:
        message[script.reasoning_field] = "".join(f"r{i} " for i in range(script.reasoning))
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": script.finish}
    head = {"id": "chatcmpl-scripted", "object": "chat.completion", "created": 1_700_000_000}
    return {**head, "model": request.get("model"), "choices": [choice], "usage": usage_of(request, script)}


def error(message: str, code: str | None = None) -> Document:
    return {"error": {"message": message, "type": "scripted_error", "param": None, "code": code}}


def vector_of(text: str, dimensions: int) -> list[float]:
    """The same for the same text, for ever; exact in 32 bits."""
    digest = hashlib.shake_256(text.encode()).digest(dimensions)
    return [(byte - 128) / 128 for byte in digest]


def embeddings(request: Document, script: Script) -> Document:
    texts = [request["input"]] if isinstance(request["input"], str) else request["input"]
    vectors = [vector_of(text, script.dimensions) for text in texts][: len(texts) - script.missing]
    if script.ragged:
        vectors[-1].pop()
    as_base64 = script.base64 and request.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": i, "embedding": _packed(vector) if as_base64 else vector}
        for i, vector in enumerate(vectors)
    ]
    spent = sum(len(text.split()) for text in texts)
    return {
        "object": "list",
        "data": data[::-1] if script.shuffled else data,
        "model": request.get("model"),
        "usage": {"prompt_tokens": spent, "total_tokens": spent},
    }


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _json(document: Document) -> str:
    try:
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair has a spelling in ASCII only
        text = json.dumps(document, separators=(",", ":"))
    return text
