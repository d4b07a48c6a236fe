"""The items that OpenAI's clients know a message as: one for each part that is said, thought or called."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from domain.approval import Approval
from domain.citation import Citation
from domain.conversation import Image, Part, Phase, Reasoning, Text, ToolCall, ToolResult
from domain.retrieval.search_result import SEARCH_TOOL, found_in_files
from entrypoints.openai.ids import file_id, item_id

Item = dict[str, Any]

SERVER = "parley"
"""The `server_label` of the tools that are run here."""


def output_text(text: str, annotations: Iterable[Item] = ()) -> Item:
    return {"type": "output_text", "text": text, "annotations": list(annotations), "logprobs": []}


def file_citation(citation: Citation, index: int) -> Item:
    """`index` is where in the text its number first stands. Beyond what OpenAI tells: which number, page and words."""
    return {
        "type": "file_citation", "file_id": file_id(citation.document_id), "filename": citation.filename,
        "index": index, "number": citation.number, "page": citation.page, "quote": citation.quote,
        "verified": citation.verified,
    }  # fmt: skip


def place_of(citation: Citation, text: str) -> int:
    """Where in the text the number of the citation first stands."""
    return max(0, text.find(f"[{citation.number}]"))


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


def run_here_item(
    id: str, status: str, *, name: str, arguments: str, output: str | None = None, error: str | None = None
) -> Item:
    """A call that Parley itself carries out is told as OpenAI tells one of a server's tools: no client is to run it."""
    return {
        "id": id, "type": "mcp_call", "status": status, "server_label": SERVER, "name": name, "arguments": arguments,
        "output": output, "error": error, "approval_request_id": None,
    }  # fmt: skip


def file_search_item(
    id: str, status: str, *, arguments: str, output: str | None = None, shows_results: bool = False
) -> Item:
    """A search in vector stores; what it found is told to who asked for that."""
    found = found_in_files(output) if output and shows_results else None
    results = None if found is None else [_result_in(one) for one in found]
    return {
        "id": id, "type": "file_search_call", "status": status, "queries": _queries_in(arguments), "results": results
    }  # fmt: skip


def kind_of_call(call: ToolCall, result: ToolResult | None) -> str:
    """The type of the item that a call is which was run here, as far as what came of it tells."""
    searched = call.name == SEARCH_TOOL and result and found_in_files(result.content) is not None
    return "file_search_call" if searched else "mcp_call"


def approval_item(approval_id: int, call: ToolCall, reason: str) -> Item:
    """The question to a person; it is answered at `/approvals/{approval_id}`."""
    return {
        "id": f"apr_{approval_id}", "type": "parley:approval_request", "status": "completed",
        "approval_id": approval_id, "call_id": call.id, "name": call.name, "arguments": call.arguments,
        "reason": reason,
    }  # fmt: skip


def item_of(part: Text | Reasoning | ToolCall, id: str, status: str) -> Item:
    """What an assistant's part is as an item."""
    match part:
        case Text(text):
            annotations = [file_citation(citation, place_of(citation, text)) for citation in part.citations]
            return message_item(id, status, output_text(text, annotations), phase=part.phase)
        case Reasoning(text):
            return reasoning_item(id, status, reasoning_text(text))
        case ToolCall():
            return call_item(id, status, call_id=part.id, name=part.name, arguments=part.arguments)


TYPE_OF: dict[type[Part], str] = {Text: "message", Reasoning: "reasoning", ToolCall: "function_call"}


def output_items(
    parts: Sequence[Part],
    key: str,
    status: str,
    *,
    refused: bool = False,
    is_run_here: Callable[[str], bool] = lambda _: False,
    approvals: Sequence[Approval] = (),
    searches_files: bool = False,
    shows_results: bool = False,
) -> list[Item]:
    """The items of an answer; `key` is its message's id. Items of a kind are counted, whatever stands between.

    `refused`: the text at the end says why there is no answer. Calls whose results are in the answer itself are the
    server's own, as `is_run_here` knows also without; what people were asked stands behind the calls of one step.
    """
    results = {part.call_id: part for part in parts if isinstance(part, ToolResult)}
    counts: Counter[str] = Counter()
    items, asked = list[Item](), list[ToolCall]()
    for part in parts:
        if not isinstance(part, ToolCall):
            items += _questions(asked, approvals)
            asked = []
        if isinstance(part, ToolResult | Image):
            continue
        if isinstance(part, ToolCall) and (part.id in results or is_run_here(part.name)):
            asked.append(part)
            result = results.get(part.id)
            is_search = searches_files and part.name == SEARCH_TOOL
            kind = "file_search_call" if is_search else kind_of_call(part, result)
            item = _run_here(kind, part, result, status, shows_results)
        else:
            kind, item = TYPE_OF[type(part)], item_of(part, "", status)
        items.append({**item, "id": item_id(kind, key, counts[kind])})
        counts[kind] += 1
    items += _questions(asked, approvals)
    if refused and items and items[-1]["type"] == "message":
        items[-1]["content"] = [refusal(piece["text"]) for piece in items[-1]["content"]]
    return items


def _run_here(kind: str, call: ToolCall, result: ToolResult | None, status: str, shows_results: bool) -> Item:
    output = result.content if result else None
    status = "completed" if result else status
    if kind == "file_search_call":
        return file_search_item("", status, arguments=call.arguments, output=output, shows_results=shows_results)
    return run_here_item("", status, name=call.name, arguments=call.arguments, output=output)


def _queries_in(arguments: str) -> list[str]:
    """What was searched for, as far as it is written."""
    try:
        query = json.loads(arguments)["query"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [query] if isinstance(query, str) else []


def _result_in(found: Mapping[str, Any]) -> Item:
    return {
        "file_id": file_id(found["file"]), "filename": found["filename"], "score": found["score"],
        "text": found["text"], "attributes": found["attributes"],
    }  # fmt: skip


def _questions(calls: Sequence[ToolCall], approvals: Sequence[Approval]) -> list[Item]:
    of = {call.id: call for call in calls}
    put = [(a.id, of[a.request.call_id], a.request.reason) for a in approvals if a.request.call_id in of]
    return [approval_item(id, call, reason.value) for id, call, reason in put]
