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
    text = "" if script.refusal else script.text
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
    request: Document, script: Script, delta: Document | None, finish: str | None = None, usage: Document | None = None
) -> Document:
    """One choice a delta, as many as the request wants, all of the same words."""
    choices = [
        {"index": i, "delta": delta, "logprobs": logprobs(request, delta or {}), "finish_reason": finish}
        for i in range(0 if delta is None else request.get("n") or 1)
    ]
    head = {"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1_700_000_000}
    more = {"usage": usage} if usage else {}
    return {**head, "model": request.get("model"), "choices": choices, **more, **script.extra}


def logprobs(request: Document, said: Document) -> Document | None:
    if not (request.get("logprobs") and said.get("content")):
        return None
    token = {"token": said["content"], "logprob": -0.25, "bytes": list(said["content"].encode())}
    return {"content": [{**token, "top_logprobs": [token] * (request.get("top_logprobs") or 0)}], "refusal": None}


def opening(request: Document, script: Script) -> Document:
    return chunk(request, script, {"role": "assistant", "content": ""})


def thoughts(request: Document, script: Script) -> Iterator[Document]:
    for i in range(script.reasoning):
        yield chunk(request, script, {script.reasoning_field: f"r{i} "})


def tokens(request: Document, script: Script) -> Iterator[Document]:
    usage = usage_of(request, script) if script.usage == "always" else None
    for word in words_of(request, script):
        yield chunk(request, script, {"content": word}, usage=usage)


def calls_in(script: Script) -> list[Document]:
    """The calls as a whole answer has them."""
    calls = []
    for place, call in enumerate(script.calls):
        arguments = call["arguments"] if isinstance(call["arguments"], str) else json.dumps(call["arguments"])
        own = {name: call.get(name, usual) for name, usual in (("index", place), ("id", f"call_{place}"))}
        function = {"name": call["name"], "arguments": arguments}
        calls.append({**{name: value for name, value in own.items() if value is not None}, "function": function})
    return calls


def calls(request: Document, script: Script) -> Iterator[Document]:
    """Each call: first its name, then its arguments, three characters at a time."""
    for call in calls_in(script):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        begun = {**call, "type": "function", "function": {"name": name, "arguments": ""}}
        yield chunk(request, script, {"tool_calls": [begun]})
        place = {"index": call["index"]} if "index" in call else {}
        for start in range(0, len(arguments), 3):
            piece = {**place, "function": {"arguments": arguments[start : start + 3]}}
            yield chunk(request, script, {"tool_calls": [piece]})


def finish(request: Document, script: Script) -> Iterator[Document]:
    if script.refusal:
        yield chunk(request, script, {"refusal": script.refusal})
    yield from calls(request, script)
    if script.finish is not None:
        usage = usage_of(request, script) if script.usage in ("finish", "always") else None
        yield chunk(request, script, {}, script.finish, usage)


def tail(request: Document, script: Script) -> Iterator[Document | str]:
    asked = (request.get("stream_options") or {}).get("include_usage")
    if script.usage == "asked" and asked:
        yield chunk(request, script, None, usage=usage_of(request, script))
    yield from ["[DONE]"] * script.done


def event(document: Document | str, script: Script) -> bytes:
    """As it goes over the wire. ASCII only where JSON has its own spelling; text itself in UTF-8."""
    data = document if isinstance(document, str) else _json(document)
    lines = [": a comment", f"data: {data}", "event: chunk"] if script.comments else [f"data: {data}"]
    return (script.newline.join(lines) + 2 * script.newline).encode()


def whole(request: Document, script: Script) -> Document:
    """The answer to a request that is not streamed."""
    message: Document = {"role": "assistant", "content": "".join(words_of(request, script)) or None}
    message["refusal"] = script.refusal
    if script.reasoning:
        message[script.reasoning_field] = "".join(f"r{i} " for i in range(script.reasoning))
    if script.calls:
        names = ("id", "function")
        calls = [{name: call[name] for name in names if name in call} for call in calls_in(script)]
        message["tool_calls"] = [{"type": "function", **call} for call in calls]
    choices = [
        {"index": i, "message": message, "logprobs": logprobs(request, message), "finish_reason": script.finish}
        for i in range(request.get("n") or 1)
    ]
    head = {"id": "chatcmpl-scripted", "object": "chat.completion", "created": 1_700_000_000}
    return {
        **head, "model": request.get("model"), "choices": choices, "usage": usage_of(request, script), **script.extra
    }  # fmt: skip


def complaint(request: Document) -> str | None:
    """Why the request is refused; None when it is in order."""
    return None


def error(message: str, code: str | None = None, status: int = 500) -> Document:
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
