"""Tools: what the model is told of them, and the calls that it makes, however a server spells them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.openai.language_model import OpenAILanguageModel
from application.ports.language_model import ModelRequest
from domain.conversation import Image, Part, PromptMessage, Reasoning, Role, Text, ToolCall, ToolResult
from domain.run import ReasoningDelta, TextDelta
from domain.tool import ANY_OBJECT, JsonSchema, NamedTool, ToolCallDelta, ToolSpec, ToolUse
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider

WEATHER: Mapping[str, Any] = {"name": "weather", "arguments": {"city": "Paris"}}
TIME: Mapping[str, Any] = {"name": "time", "arguments": '{"zone": "CET"}'}


async def test_a_call_comes_in_pieces_that_add_up(model: OpenAILanguageModel) -> None:
    heard = await hear(model, question("Hello", "call"))

    (call,) = heard.calls
    assert (call.id, call.name, json.loads(call.arguments)) == ("call_0", "weather", {"city": "Paris"})
    assert heard.finished is not None
    assert heard.finished.reason == "tool_calls"
    assert len(heard.events) > 4


@pytest.mark.parametrize(
    "odd",
    [
        ({}, {}),
        ({"index": None}, {"index": None}),
        ({"index": 0, "id": "a"}, {"index": 0, "id": "b"}),
        ({"id": None}, {"id": None}),
        ({"index": 7}, {"index": 3}),
    ],
    ids=["as usual", "without numbers", "all numbered 0", "without ids", "numbered anyhow"],
)
async def test_calls_are_numbered_as_they_begin(
    model: OpenAILanguageModel, provider: ScriptedProvider, odd: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    provider.default = Script(words=1, calls=({**WEATHER, **odd[0]}, {**TIME, **odd[1]}), finish="tool_calls")
    heard = await hear(model, question("Hello"))

    first, second = heard.calls
    assert (first.name, json.loads(first.arguments)) == ("weather", {"city": "Paris"})
    assert (second.name, json.loads(second.arguments)) == ("time", {"zone": "CET"})
    assert first.id
    assert second.id
    assert first.id != second.id
    begun = [event for event in heard.events if isinstance(event, ToolCallDelta) and event.name]
    assert [event.index for event in begun] == [0, 1]
    assert heard.text == "w0"


async def test_a_whole_call_in_one_chunk_is_understood(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    call = {"id": "a", "function": {"name": "weather", "arguments": {"city": "Paris"}}}
    chunk = {"choices": [{"delta": {"content": None, "tool_calls": [call]}, "finish_reason": "stop"}]}
    provider.default = Script(raw=f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n")
    heard = await hear(model, question("Hello"))

    assert heard.calls == (ToolCall("a", "weather", '{"city":"Paris"}'),)
    assert heard.finished is not None
    assert heard.finished.reason == "tool_calls"  # whatever the server calls it


async def test_a_refusal_is_text_that_is_marked_as_one(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    provider.default = Script(refusal="I would rather not.")
    heard = await hear(model, question("Hello"))

    assert heard.text == "I would rather not."
    assert heard.finished is not None
    assert heard.finished.refused
    assert (await hear(model, question("Hello", "words=1"))).finished != heard.finished


async def test_content_in_typed_pieces_is_text_and_reasoning(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    pieces = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
        {"type": "text", "text": "Yes"},
        {"type": "reference", "reference_ids": [1]},
        "?",
    ]
    chunk = {"choices": [{"delta": {"content": pieces}, "finish_reason": "stop"}]}
    provider.default = Script(raw=f"data: {json.dumps(chunk)}\n\n")
    heard = await hear(model, question("Hello"))

    assert heard.events[:2] == [ReasoningDelta("Hm."), TextDelta("Yes")]


async def sent(model: OpenAILanguageModel, provider: ScriptedProvider, **request: Any) -> dict[str, Any]:
    messages = request.pop("messages", (PromptMessage(Role.USER, (Text("Hello"),)),))
    await hear(model, ModelRequest(model="scripted", messages=messages, **request))
    body: dict[str, Any] = provider.calls[-1].body
    return body


async def test_tools_are_sent_with_all_that_is_known_of_them(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    tools = (ToolSpec("weather", "How it is outside", schema, strict=True), ToolSpec("time"))
    body = await sent(model, provider, tools=tools, tool_choice=ToolUse.REQUIRED, parallel_tool_calls=False)

    described = {"name": "weather", "description": "How it is outside", "parameters": schema, "strict": True}
    assert body["tools"] == [
        {"type": "function", "function": described},
        {"type": "function", "function": {"name": "time"}},
    ]
    assert (body["tool_choice"], body["parallel_tool_calls"]) == ("required", False)
    body = await sent(model, provider, tools=tools, tool_choice=NamedTool("time"))
    assert body["tool_choice"] == {"type": "function", "function": {"name": "time"}}


PARTS: list[tuple[Role, tuple[Part, ...], list[dict[str, Any]]]] = [
    (
        Role.ASSISTANT,
        (Reasoning("Hm."), ToolCall("a", "weather", "{}")),
        [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "weather", "arguments": "{}"}}],
            }
        ],
    ),
    (
        Role.TOOL,
        (ToolResult("a", "sunny"), ToolResult("b", "noon")),
        [
            {"role": "tool", "tool_call_id": "a", "content": "sunny"},
            {"role": "tool", "tool_call_id": "b", "content": "noon"},
        ],
    ),
    (
        Role.USER,
        (Text("What is this?"), Image("https://example.com/a.png", "low"), Image("data:image/png;base64,AA==")),
        [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                ],
            }
        ],
    ),
]


@pytest.mark.parametrize(("role", "parts", "spelt"), PARTS, ids=["calls", "results", "images"])
async def test_every_part_has_its_spelling(
    model: OpenAILanguageModel,
    provider: ScriptedProvider,
    role: Role,
    parts: tuple[Part, ...],
    spelt: list[dict[str, Any]],
) -> None:
    assert (await sent(model, provider, messages=(PromptMessage(role, parts),)))["messages"] == spelt


async def test_every_limit_is_sent_and_extra_fields_never_replace_a_known_one(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    extra = {"user": "ann", "stream": False, "model": "other"}
    body = await sent(model, provider, top_p=0.5, stop=("a", "b"), seed=7, extra=extra)
    expected = {"top_p": 0.5, "stop": ["a", "b"], "seed": 7, "user": "ann", "stream": True, "model": "scripted"}
    assert expected.items() <= body.items()


async def test_how_strict_a_schema_is_can_be_said(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    body = await sent(model, provider, json_schema=JsonSchema("any", {"type": "object"}, strict=True))
    assert body["response_format"]["json_schema"]["strict"] is True
    body = await sent(model, provider, json_schema=ANY_OBJECT)
    assert body["response_format"] == {"type": "json_object"}
