"""What Open Responses (openresponses.org, version 2026-04-24) asks of answers, in a schema of our own words.

`faults` tells what is wrong with a document; `checked_stream` reads the events of a response and checks each of them,
and how they follow each other. There may be more fields than the schema names, as there.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
STATUS: Schema = {"enum": ["in_progress", "completed", "incomplete"]}


def one_of(*names: str) -> Schema:
    return {"enum": list(names)}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def record(*optional: str, **fields: Schema) -> Schema:
    """An object with these fields; those named in `optional` may be missing, but not null."""
    return {"type": "object", "properties": fields, "required": [name for name in fields if name not in optional]}


def typed(type: str, *optional: str, **fields: Schema) -> Schema:
    return record(*optional, type={"const": type}, **fields)


def any_of(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


ANNOTATION = typed("url_citation", url=TEXT, start_index=WHOLE, end_index=WHOLE, title=TEXT)
PART = any_of(
    typed("input_text", text=TEXT),
    typed("output_text", "logprobs", text=TEXT, annotations=many(ANNOTATION), logprobs=many(record(token=TEXT))),
    typed("text", text=TEXT),
    typed("summary_text", text=TEXT),
    typed("reasoning_text", text=TEXT),
    typed("refusal", refusal=TEXT),
    typed("input_image", image_url=or_null(TEXT), detail=one_of("low", "high", "auto")),
    typed("input_file", "filename", "file_url", filename=TEXT, file_url=TEXT),
)
ITEM = any_of(
    typed(
        "message", "phase", id=TEXT, status=STATUS, content=many(PART), phase=one_of("commentary", "final_answer"),
        role=one_of("user", "assistant", "system", "developer"),
    ),
    typed("function_call", id=TEXT, call_id=TEXT, name=TEXT, arguments=TEXT, status=STATUS),
    typed("function_call_output", id=TEXT, call_id=TEXT, output=any_of(TEXT, many(PART)), status=STATUS),
    typed("reasoning", "content", "encrypted_content", id=TEXT, content=many(PART), summary=many(PART),
          encrypted_content=TEXT),
    typed("compaction", "created_by", id=TEXT, encrypted_content=TEXT, created_by=TEXT),
)  # fmt: skip
USAGE = record(
    input_tokens=WHOLE, output_tokens=WHOLE, total_tokens=WHOLE,
    input_tokens_details=record(cached_tokens=WHOLE), output_tokens_details=record(reasoning_tokens=WHOLE),
)  # fmt: skip
HOW = one_of("none", "auto", "required")
FUNCTION = typed("function", "name", name=TEXT)
RESPONSE = record(
    id=TEXT, object={"const": "response"}, created_at=WHOLE, completed_at=or_null(WHOLE), status=TEXT, model=TEXT,
    incomplete_details=or_null(record(reason=TEXT)), previous_response_id=or_null(TEXT), instructions=or_null(TEXT),
    output=many(ITEM), error=or_null(record(code=TEXT, message=TEXT)),
    tools=many(typed("function", name=TEXT, description=or_null(TEXT), parameters=or_null({"type": "object"}),
                     strict=or_null(FLAG))),
    tool_choice=any_of(HOW, FUNCTION, typed("allowed_tools", tools=many(FUNCTION), mode=HOW)),
    truncation=one_of("auto", "disabled"), parallel_tool_calls=FLAG,
    text=record("verbosity", verbosity=one_of("low", "medium", "high"), format=any_of(
        typed("text"), typed("json_object"),
        typed("json_schema", name=TEXT, description=or_null(TEXT), schema={}, strict=FLAG),
    )),
    top_p=NUMBER, presence_penalty=NUMBER, frequency_penalty=NUMBER, top_logprobs=WHOLE, temperature=NUMBER,
    reasoning=or_null(record(effort=or_null(one_of("none", "minimal", "low", "medium", "high", "xhigh")),
                             summary=or_null(one_of("concise", "detailed", "auto")))),
    usage=or_null(USAGE), max_output_tokens=or_null(WHOLE), max_tool_calls=or_null(WHOLE), store=FLAG, background=FLAG,
    service_tier=TEXT, metadata={}, safety_identifier=or_null(TEXT), prompt_cache_key=or_null(TEXT),
)  # fmt: skip
COMPACTION = record(
    id=TEXT, object={"const": "response.compaction"}, output=many(ITEM), created_at=WHOLE, usage=USAGE
)  # fmt: skip
ERROR = record(type=TEXT, code=or_null(TEXT), message=TEXT, param=or_null(TEXT))

_ITEM_EVENT = {"output_index": WHOLE, "item": or_null(ITEM)}
_PLACE = {"item_id": TEXT, "output_index": WHOLE}
_IN_PART = {**_PLACE, "content_index": WHOLE}
EVENTS: dict[str, dict[str, Schema]] = {
    **{f"response.{name}": {"response": RESPONSE} for name in
       ("created", "queued", "in_progress", "completed", "failed", "incomplete")},
    "response.output_item.added": _ITEM_EVENT,
    "response.output_item.done": _ITEM_EVENT,
    "response.content_part.added": {**_IN_PART, "part": PART},
    "response.content_part.done": {**_IN_PART, "part": PART},
    "response.output_text.delta": {**_IN_PART, "delta": TEXT},
    "response.output_text.done": {**_IN_PART, "text": TEXT},
    "response.refusal.done": {**_IN_PART, "refusal": TEXT},
    "response.reasoning_text.delta": {**_IN_PART, "delta": TEXT},  # OpenAI's name for what is reasoning.delta there
    "response.reasoning_text.done": {**_IN_PART, "text": TEXT},
    "response.function_call_arguments.delta": {**_PLACE, "delta": TEXT},
    "response.function_call_arguments.done": {**_PLACE, "arguments": TEXT},
    "error": {"error": ERROR},
}  # fmt: skip
SOCKET_ERROR = typed("error", status=WHOLE, error=record(type=TEXT, code=TEXT, message=TEXT, param=or_null(TEXT)))
ENDINGS = ("response.completed", "response.failed", "response.incomplete")


@cache
def _validator(kind: str) -> Draft202012Validator:
    named = {"response": RESPONSE, "compaction": COMPACTION, "item": ITEM, "socket error": SOCKET_ERROR}
    return Draft202012Validator(
        named.get(kind) or typed(kind, sequence_number=WHOLE, **EVENTS[kind])
    )  # fmt: skip


def faults(document: Any, kind: str = "response") -> list[str]:
    """What is wrong with it; `kind` is `response`, `compaction`, `item`, `socket error` or the type of an event."""
    return [f"{error.json_path}: {error.message}" for error in _validator(kind).iter_errors(document)]


def checked_stream(raw: str) -> list[dict[str, Any]]:
    """The events of a stream of server-sent events that has ended as it should."""
    frames = raw.removesuffix("\n\n").split("\n\n")
    assert frames.pop() == "data: [DONE]"
    events = []
    for frame in (frame for frame in frames if not frame.startswith(":")):
        name, data = frame.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        events.append(event)
    return checked(events)


def checked(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each is well-formed, and they follow each other as they should: from 0 without a gap, to one ending."""
    events = list(events)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [fault for event in events for fault in faults(event, event["type"])] == []
    names = [event["type"] for event in events]
    assert [name for name in names if name in ENDINGS] == names[-1:]
    assert names[0] == "response.created"
    assert "response.in_progress" in names[:3]
    _check_items(events)
    return events


def _check_items(events: Iterable[dict[str, Any]]) -> None:
    """What is said of an item stands between its beginning and its end, and so it is with parts."""
    open_items, open_parts = dict[int, str](), set[int]()
    for event in (event for event in events if "output_index" in event):
        index, name = event["output_index"], event["type"]
        if name == "response.output_item.added":
            assert index not in open_items
            open_items[index] = event["item"]["id"]
            assert event["item"]["status"] == "in_progress"
        elif name == "response.output_item.done":
            assert open_items.pop(index) == event["item"]["id"]
            assert index not in open_parts
        elif name == "response.content_part.added":
            open_parts.add(index)
        else:
            assert open_items[index] == event["item_id"]
            assert "content_index" not in event or index in open_parts
            open_parts -= {index} if name == "response.content_part.done" else set()
    assert not open_items
