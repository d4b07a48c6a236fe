"""Random conversations as items of /v1, and as parts of the native routes."""

from typing import Any

from hypothesis import strategies as st

Item = dict[str, Any]
Part = tuple[str, dict[str, Any]]
"""A role, and a part as the native routes show it."""

ODD = [
    "e\u0301", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u05e9\u05dc\u05d5\u05dd", "\ufeff\u202e\u2028",
    "\U0010ffff", " \t\n ", "\\u0000", "%00",
]  # fmt: skip
"""Combining, joined, from right to left, invisible, the last of all, blank, and what looks like something else."""
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12) | st.sampled_from(ODD)
CALL_ID = st.text("abc_-é🦜", min_size=1, max_size=8)
URL = st.sampled_from(
    ["https://example.org/ä b?c=d#e", "data:image/png;base64,iVBORw0KGgo=", "DATA:,x", "http://[::1]/"]
)
ARGUMENTS = TEXT | st.just('{"city": "Łódź"}')
PHASES: list[Item] = [{}, {"phase": "commentary"}, {"phase": "final_answer"}]


def _said(role: str, content: Any) -> Item:
    return {"type": "message", "role": role, "content": content}


def _picture(url: str, detail: str) -> Item:
    return {"type": "input_image", "image_url": url, "detail": detail}


def _thought(text: str) -> Item:
    return {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": text}]}


PIECE = TEXT.map(lambda text: {"type": "input_text", "text": text}) | st.builds(
    _picture, URL, st.sampled_from(["low", "high", "auto"])
)
QUESTION = st.builds(_said, st.just("user"), st.lists(PIECE, min_size=1, max_size=4))
RULE = st.builds(_said, st.sampled_from(["system", "developer"]), TEXT)
ANSWER = st.builds(lambda text, phase: _said("assistant", text) | phase, TEXT, st.sampled_from(PHASES))


@st.composite
def calls(draw: st.DrawFn) -> list[Item]:
    """One call or several side by side, and what came of them."""
    ids = draw(st.lists(CALL_ID, min_size=1, max_size=3, unique=True))
    made = [{"type": "function_call", "call_id": id, "name": "weather", "arguments": draw(ARGUMENTS)} for id in ids]
    came = [{"type": "function_call_output", "call_id": id, "output": draw(TEXT)} for id in draw(st.permutations(ids))]
    return [*made, *came]


@st.composite
def conversations(draw: st.DrawFn) -> list[Item]:
    one = (QUESTION | RULE | ANSWER | TEXT.map(_thought)).map(lambda item: [item])
    return [item for turn in draw(st.lists(one | calls(), min_size=1, max_size=8)) for item in turn]


# --- the same thing in both languages -----------------------------------------------------------------------------


def parts_of_items(items: list[Item]) -> list[Part]:
    found: list[Part] = []
    for item in items:
        match item["type"]:
            case "message":
                role = "system" if item["role"] == "developer" else item["role"]
                content = item["content"]
                pieces = [{"type": "text", "text": content}] if isinstance(content, str) else content
                phase = {"phase": item["phase"]} if item.get("phase") else {}
                found += [(role, _native(piece) | phase) for piece in pieces]
            case "reasoning":
                found += [("assistant", {"type": "reasoning", "text": piece["text"]}) for piece in item["content"]]
            case "function_call":
                call = {"id": item["call_id"], "name": item["name"], "arguments": item["arguments"]}
                found.append(("assistant", {"type": "tool_call", **call}))
            case "function_call_output":
                result = {"call_id": item["call_id"], "content": item["output"]}
                found.append(("tool", {"type": "tool_result", **result}))
    return found


def _native(piece: Item) -> dict[str, Any]:
    if piece["type"] == "input_image":
        return {"type": "image", "url": piece["image_url"], "detail": piece["detail"]}
    return {"type": "text", "text": piece["text"]}


def items_of_messages(messages: list[dict[str, Any]]) -> list[Item]:
    items: list[Item] = []
    for message in messages:
        if message["role"] in ("user", "system"):
            content = [_piece(part) for part in message["parts"]]
            items.append(_said(message["role"], content))
        else:
            items += [_item(part) for part in message["parts"]]
    return items


def _piece(part: dict[str, Any]) -> Item:
    if part["type"] == "image":
        return _picture(part["url"], part["detail"])
    return {"type": "input_text", "text": part["text"]}


def _item(part: dict[str, Any]) -> Item:
    match part["type"]:
        case "text":
            return _said("assistant", part["text"]) | {name: part[name] for name in part if name == "phase"}
        case "reasoning":
            return _thought(part["text"])
        case "tool_call":
            call = {"call_id": part["id"], "name": part["name"], "arguments": part["arguments"]}
            return {"type": "function_call", **call}
        case _:
            return {"type": "function_call_output", "call_id": part["call_id"], "output": part["content"]}
