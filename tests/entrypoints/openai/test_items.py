"""Items, ids and settings of responses, without a server."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.conversations import ConversationItem
from openai.types.responses import ResponseItem
from pydantic import TypeAdapter, ValidationError

from domain.conversation import (
    ConversationId,
    Image,
    Message,
    MessageId,
    MessageStatus,
    Part,
    PromptMessage,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from domain.errors import InvalidInput, MessageNotFound, NotFound
from domain.tool import NamedTool, ToolUse
from entrypoints.openai import ids
from entrypoints.openai.encoders.stored import items_of, page_of
from entrypoints.openai.item_schemas import ItemIn
from entrypoints.openai.items import prompt_messages
from entrypoints.openai.response_schemas import ResponseBody
from entrypoints.openai.response_settings import echo_of, settings_of

ITEM: TypeAdapter[Any] = TypeAdapter(ResponseItem)
CONVERSATION_ITEM: TypeAdapter[Any] = TypeAdapter(ConversationItem)
WORDS = st.text(alphabet="ab é🦜\n", min_size=1, max_size=5)
SAID: st.SearchStrategy[Part] = st.one_of(
    WORDS.map(Text), WORDS.map(Reasoning), st.builds(ToolCall, st.just("c"), st.just("weather"), WORDS)
)
SHOWN: st.SearchStrategy[Part] = st.one_of(
    WORDS.map(Text), st.builds(Image, st.just("data:image/png;base64,AA"), st.sampled_from(["low", "auto"]))
)
MESSAGES = st.one_of(
    st.tuples(st.just(Role.USER), st.lists(SHOWN, min_size=1, max_size=4)),
    st.tuples(st.just(Role.SYSTEM), st.lists(WORDS.map(Text), min_size=1, max_size=1)),
    st.tuples(st.just(Role.TOOL), st.lists(st.builds(ToolResult, st.just("c"), WORDS), min_size=1, max_size=1)),
    st.tuples(st.just(Role.ASSISTANT), st.lists(SAID, min_size=1, max_size=4)),
)
ODD_IDS = ["", "resp_", "resp_0", "resp_01", "resp_-1", "resp_1 ", "resp_١", "resp_99999999999999999999", "conv_1", "1"]
ODD_ITEM_IDS = ["msg_", "msg_0", "msg_1_0", "msg_1__1", "xyz_1", "msg_1_a", "resp_1", "msg_99999999999999999999", "é"]


def stored(role: Role, *parts: Part, id: int = 7) -> Message:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Message(MessageId(id), ConversationId(1), None, role, parts, MessageStatus.COMPLETED, at)


def items(*given: dict[str, Any]) -> list[ItemIn]:
    return [ItemIn.model_validate(item) for item in given]


def body(**fields: Any) -> ResponseBody:
    return ResponseBody.model_validate({"input": "a", **fields})


def test_ids_come_back_as_the_rows_that_they_name() -> None:
    assert ids.run_id_of(ids.response_id(12)) == 12
    assert ids.conversation_id_of(ids.conversation_id(3)) == 3
    assert ids.item_id_of("fc_4_2") == ids.ItemId("function_call", MessageId(4), 2)
    assert ids.item_id_of("msg_4_a1") == ids.ItemId("message", MessageId(4))
    assert str(ids.ItemId("reasoning", MessageId(4), 1)) == "rs_4_1"


@pytest.mark.parametrize("id", ODD_IDS)
def test_what_names_no_response_is_not_found(id: str) -> None:
    with pytest.raises(NotFound):
        ids.run_id_of(id)


@pytest.mark.parametrize("id", ODD_ITEM_IDS)
def test_what_names_no_item_is_not_found(id: str) -> None:
    with pytest.raises(MessageNotFound):
        ids.item_id_of(id)


@given(st.lists(MESSAGES, max_size=6))
def test_items_go_out_and_come_back_unchanged(given: list[tuple[Role, list[Part]]]) -> None:
    messages = [stored(role, *parts, id=id) for id, (role, parts) in enumerate(given, 1)]
    shown = [item for message in messages for item in items_of(message)]
    for item in shown:
        ITEM.validate_python(item)
        CONVERSATION_ITEM.validate_python(item)
    assert len({item["id"] for item in shown}) == len(shown)
    assert parts_of(prompt_messages(items(*shown))) == parts_of(messages)


def parts_of(messages: Any) -> list[tuple[Role, Part]]:
    return [(message.role, part) for message in messages for part in message.parts]


def test_what_an_assistant_does_in_a_row_is_one_message() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"}
    said = items({"role": "assistant", "content": "Let me see."}, call, {**call, "call_id": "d"})
    assert prompt_messages(said) == (
        PromptMessage(
            Role.ASSISTANT, (Text("Let me see."), ToolCall("c", "weather", "{}"), ToolCall("d", "weather", "{}"))
        ),
    )


@pytest.mark.parametrize(
    "item",
    [
        {"type": "web_search_call"},
        {"type": "message", "content": "no role"},
        {"role": "user"},
        {"role": "user", "content": [{"type": "input_file", "file_id": 1}]},
        {"role": "user", "content": [{"type": "input_image", "file_id": "file_1"}]},
        {"role": "user", "content": [{"type": "input_image", "image_url": "file:///etc/passwd"}]},
        {"role": "tool", "content": "a"},
        {"type": "function_call", "call_id": "c", "name": "weather"},
        {"type": "function_call_output", "output": "a"},
        {"type": "item_reference"},
    ],
)
def test_an_item_that_cannot_be_taken_is_refused(item: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ItemIn.model_validate(item)


@pytest.mark.parametrize(
    "item",
    [
        {"type": "item_reference", "id": "msg_1"},
        {"role": "assistant", "content": [{"type": "input_image", "image_url": "https://a/b.png"}]},
        {"type": "function_call_output", "call_id": "c", "output": [
            {"type": "input_image", "image_url": "https://a/b.png"}
        ]},
    ],
)  # fmt: skip
def test_an_item_that_would_lose_something_is_refused_by_its_place(item: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        prompt_messages(items(item))
    assert refused.value.field.startswith("input[0]")


def test_a_choice_among_some_tools_leaves_the_others_out() -> None:
    tools = [{"type": "function", "name": name} for name in ("one", "two")]
    only = {"type": "allowed_tools", "mode": "required", "tools": [tools[1]]}
    settings = settings_of(body(tools=tools, tool_choice=only))
    assert ([tool.name for tool in settings.tools], settings.tool_choice) == (["two"], ToolUse.REQUIRED)
    named = settings_of(body(tools=tools, tool_choice={"type": "function", "name": "one"}))
    assert named.tool_choice == NamedTool("one")
    with pytest.raises(InvalidInput):
        settings_of(body(tools=tools, tool_choice={"type": "function", "name": "three"}))


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"type": "function"}]},
        {"tools": [{"type": "function", "name": "f", "parameters": {"a": "\x00"}}]},
        {"tools": [{"type": "function", "name": "f", "parameters": {"a": "\ud800"}}]},
        {"user": "\x00"},
        {"tool_choice": {"type": "mcp", "server_label": "a"}},
        {"previous_response_id": "resp_1", "conversation": "conv_1"},
        {"background": True, "store": False},
        {"prompt": {"id": "pmpt_1"}},
        {"input": ""},
        {"input": []},
        {"metadata": {str(i): "" for i in range(17)}},
        {"metadata": {"a" * 65: ""}},
        {"metadata": {"a": "b" * 513}},
        {"text": {"format": {"type": "json_schema", "name": "a"}}},
        {"temperature": 3},
        {"max_output_tokens": 0},
        {"truncation": "never"},
    ],
)
def test_what_cannot_be_asked_for_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        body(**fields)


def test_what_was_asked_for_is_told_again() -> None:
    asked = {
        "instructions": "Be brief.", "temperature": 0.5, "top_p": 0.25, "max_output_tokens": 9, "user": "u",
        "tools": [{"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"},
                   "strict": True}],
        "tool_choice": {"type": "function", "name": "f"}, "parallel_tool_calls": False, "metadata": {"a": "b"},
        "reasoning": {"effort": "low", "summary": None}, "truncation": "auto", "previous_response_id": "resp_1",
        "text": {"format": {"type": "json_object"}, "verbosity": "low"}, "max_tool_calls": 3,
        "safety_identifier": "s", "prompt_cache_key": "k", "service_tier": "flex",
    }  # fmt: skip
    assert echo_of(settings_of(body(**asked))) == asked


def test_pages_of_items_follow_each_other_in_both_orders() -> None:
    everything = [item for id in range(1, 6) for item in items_of(stored(Role.USER, Text("a"), id=id))]

    def walk(*, descending: bool) -> list[str]:
        seen: list[str] = []
        while True:
            page = page_of(everything, descending=descending, limit=2, after=seen[-1] if seen else None)
            seen += [item["id"] for item in page["data"]]
            if not page["has_more"]:
                return seen

    assert walk(descending=False) == ["msg_1", "msg_2", "msg_3", "msg_4", "msg_5"]
    assert walk(descending=True) == walk(descending=False)[::-1]
    assert page_of([], descending=True, limit=2, after=None)["first_id"] == ""
    with pytest.raises(MessageNotFound):
        page_of(everything, descending=False, limit=2, after="msg_9")
