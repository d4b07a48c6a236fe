"""How a request is answered."""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Fault = Literal["stall", "reset", "cut", "end", "error", "garbage", "partial"]
Moment = Literal["headers", "first", "mid", "last"]


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer. Times are in seconds."""

    words: int = 5
    """The answer is `w0 w1 ...`, so many words, a token each."""
    padding: int = 0
    """So many letters more to each of the words."""
    text: str | None = None
    """The answer instead of the words, cut into tokens after each run of blanks."""
    echo: bool = False
    """The answer is the last message's content."""
    calls: tuple[dict[str, Any], ...] = ()
    """Calls of tools after the words, each `{"name", "arguments"}` (an object, or any text), with `id` and `index` if
    they are to be other than `call_0`, `call_1` ... and the place; None leaves one out."""
    told: str | None = None
    """The answer, without calls, to a request that ends in the result of a tool."""
    refusal: str | None = None
    """Said in place of the words."""
    extra: dict[str, Any] = {}
    """More fields of each chunk and of a whole answer."""
    reasoning: int = 0
    """So many words of reasoning, `r0 r1 ...`, before the answer."""
    reasoning_field: str = "reasoning_content"
    redacted: bool = False
    """A thought that is not told comes behind the reasoning (Anthropic's words only)."""
    cached: int = 0
    """So many tokens of the question were in the provider's cache (Anthropic's words only)."""
    wait: float = 0.0
    """Before the headers."""
    delay: float = 0.0
    """Before each token after the first."""
    ending: float = 0.0
    """Before the end of the body, when all is said."""
    finish: str | None = "stop"
    usage: Literal["asked", "finish", "always", "never"] = "asked"
    """In a chunk of its own when the request asks for it, in the chunk of the finish reason, in each chunk, never."""
    done: int = 1
    """How many times `[DONE]` is said."""

    fault: Fault | None = None
    """Stall for good; reset the connection (RST); cut it (FIN amid a chunked body); end the body as if all was said;
    an error object, a line of garbage or half of an event's JSON, and the end of the body after it."""
    when: Moment = "mid"
    """Before the headers; after them; after `at` tokens; after the finish reason, before usage and `[DONE]`."""
    at: int = 2
    fails: int = 0
    """Only the first so many requests under a model name meet the fault or the status. 0: all."""

    status: int = 200
    message: str = "the script says so"
    """The sentence of an error answer, or of an error object in a stream."""
    code: str | None = None
    headers: dict[str, str] = {}
    raw: str | None = None
    """The whole body of an answer of status 200, whatever it is; what is not UTF-8 as `surrogateescape` spells it."""
    content_type: str = "text/event-stream"
    rejects: tuple[str, ...] = ()
    """Parameters that a request must not have: status 400 naming the first."""

    newline: str = "\n"
    comments: bool = False
    split: int = 0
    """So many bytes a write, each write by itself; 0 writes an event at once."""
    chunked: bool = True
    """False: the end of the connection is the end of the body."""

    dimensions: int = 8
    base64: bool = True
    """False: embeddings are numbers, whatever was asked for."""
    missing: int = 0
    """So many vectors fewer than texts."""
    ragged: bool = False
    """The last vector is shorter by one."""
    shuffled: bool = False
    """Vectors in reverse order, rightly numbered."""


PRESETS: dict[str, dict[str, Any]] = {
    "truncate": {"fault": "end", "when": "mid"},
    "error_in_stream": {"fault": "error", "when": "mid"},
    "partial_json": {"fault": "partial", "when": "mid"},
    "garbage": {"raw": "\x7f\x01 no protocol \x02 at all\n" * 50},
    "html200": {"raw": "<!DOCTYPE html><title>Sign in</title>", "content_type": "text/html"},
    "no_done": {"done": 0},
    "double_done": {"done": 2},
    "done_without_finish": {"finish": None},
    "no_usage": {"usage": "never"},
    "usage_in_finish": {"usage": "finish"},
    "crlf": {"newline": "\r\n"},
    "cr": {"newline": "\r"},
    "comments": {"comments": True},
    "split": {"split": 1},
    "length": {"finish": "length"},
    "content_filter": {"finish": "content_filter"},
    "reasoning": {"reasoning": 3},
    "huge": {"words": 250, "padding": 20_000},
    "echo": {"echo": True},
    "json": {"text": '{"city": "Paris", "degrees": 21}'},
    "agent": {
        "words": 0, "calls": [{"name": "weather", "arguments": {"city": "Paris"}}], "finish": "tool_calls",
        "told": "It is sunny.",
    },
    "call": {"words": 0, "calls": [{"name": "weather", "arguments": {"city": "Paris"}}], "finish": "tool_calls"},
}  # fmt: skip
STATUS = re.compile(r"s([1-5]\d\d)")
FAULT = re.compile(r"(stall|reset|cut|end|error|garbage|partial)_(headers|first|mid|last)")


def script_of(name: str) -> Script | None:
    """The script that a model name spells, None when it spells none: presets, `s<status>`, `<fault>_<moment>` and
    `field=value`, with commas between."""
    fields: dict[str, Any] = {}
    for word in name.split(","):
        if not (found := _fields(word)):
            return None
        fields.update(found)
    return msgspec.convert(fields, Script, strict=False)


def script_from(value: str | Mapping[str, Any]) -> Script:
    """A script as `/__control` takes it. Raise ValueError when it is none."""
    script = script_of(value) if isinstance(value, str) else msgspec.convert(dict(value), Script)
    if script is None:
        raise ValueError(f"{value!r} is no script")
    return script


def _fields(word: str) -> dict[str, Any]:
    name, equals, value = word.partition("=")
    if equals:
        if name in ("headers", "rejects"):
            return {name: msgspec.json.decode(value)}
        return {name: value} if name in Script.__struct_fields__ else {}
    if status := STATUS.fullmatch(word):
        return {"status": int(status[1])}
    if fault := FAULT.fullmatch(word):
        return {"fault": fault[1], "when": fault[2]}
    return PRESETS.get(word, {})
