"""How a request is spelled, and what is conceded to a model that will not take it so."""

from typing import Any

import pytest

from adapters.anthropic.language_model import AnthropicLanguageModel
from application.ports.language_model import ModelRequest
from domain.conversation import Image, Part, PromptMessage, ProviderState, Reasoning, Role, Text, ToolCall, ToolResult
from domain.errors import ProviderRejectedRequest
from domain.tool import ANY_OBJECT, JsonSchema, NamedTool, ToolSpec, ToolUse
from tests.support.listening import Heard, hear
from tests.support.provider import Script, ScriptedProvider
from tests.support.provider.anthropic_answers import signature_of

WEATHER = ToolSpec("weather", "How it is outside", {"properties": {"city": {"type": "string"}}}, strict=True)
BIRD = {"type": "object", "properties": {"name": {"type": "string", "minLength": 2}}, "required": ["name"]}


def said(role: Role, *parts: Part | str) -> PromptMessage:
    return PromptMessage(role, tuple(Text(part) if isinstance(part, str) else part for part in parts))


def thought(text: str, model: str = "claude") -> Reasoning:
    signature = signature_of(model, text)
    return Reasoning(text, ProviderState("anthropic", {"type": "thinking", "signature": signature}, model))


async def ask(asked: AnthropicLanguageModel, *messages: PromptMessage, **more: Any) -> Heard:
    told = messages or (said(Role.USER, "Hello"),)
    return await hear(asked, ModelRequest(**{"model": "claude", "messages": tuple(told), **more}))


async def test_a_conversation_is_turns_of_blocks(model: AnthropicLanguageModel, provider: ScriptedProvider) -> None:
    redacted = {"type": "redacted_thinking", "data": signature_of("claude", "redacted")}
    heard = await ask(
        model,
        said(Role.SYSTEM, "Be brief."),
        said(Role.USER, "Look", Image("data:image/png;base64,AA=="), Image("https://example.org/a.png", "low")),
        said(Role.SYSTEM, "Be kind."),
        said(
            Role.ASSISTANT,
            thought("hm"),
            Reasoning("", ProviderState("anthropic", redacted, "claude")),
            Reasoning("nobody signed this"),
            *("I look", " \n"),
            ToolCall("functions.weather:0", "weather", '{"city": "Bern"}'),
            ToolCall("b", "time", "{no"),
        ),
        said(Role.TOOL, ToolResult("functions.weather:0", "dry")),
        said(Role.TOOL, ToolResult("b", "")),
        said(Role.USER, "And?"),
        tools=(WEATHER, ToolSpec("time")),
    )
    assert heard.failure is None
    body = provider.calls[0].body
    assert provider.calls[0].path == "/v1/messages"
    id = body["messages"][1]["content"][3]["id"]
    assert body["system"] == "Be brief.\n\nBe kind."
    assert body["messages"] == [
        {"role": "user", "content": [
            {"type": "text", "text": "Look"},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
            {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
        ]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "hm", "signature": signature_of("claude", "hm")},
            redacted,
            {"type": "text", "text": "I look"},
            {"type": "tool_use", "id": id, "name": "weather", "input": {"city": "Bern"}},
            {"type": "tool_use", "id": "b", "name": "time", "input": {"unreadable": "{no"}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": id, "content": "dry"},
            {"type": "tool_result", "tool_use_id": "b"},
            {"type": "text", "text": "And?"},
        ]},
    ]  # fmt: skip
    assert body["tools"] == [
        {
            "name": "weather",
            "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
            "description": "How it is outside",
            "strict": True,
        },
        {"name": "time", "input_schema": {"type": "object", "properties": {}}},
    ]
    assert (body["max_tokens"], body["stream"], "tool_choice" in body) == (16_000, True, False)


async def test_credentials_and_version_are_the_sdks_and_this_machine_is_not_described(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    await ask(model)
    headers = provider.calls[0].headers
    assert "sk-ant-test-0123456789abcdefghij" in headers.get("authorization", "") + headers.get("x-api-key", "")
    assert headers["anthropic-version"]
    assert not [name for name in headers if name.startswith("x-stainless")]


async def test_wishes_are_spelled_its_way_and_foreign_ones_left_out(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    await ask(
        model, model="small", temperature=1.5, top_p=0.5, stop=("END", " "), seed=7, parallel_tool_calls=False,
        tools=(WEATHER,), extra={"user": "ann", "top_k": 3, "logit_bias": {}, "service_tier": "flex"},
    )  # fmt: skip
    body = {name: value for name, value in provider.calls[0].body.items() if name not in ("messages", "tools")}
    assert body == {
        "model": "small", "max_tokens": 4_000, "stream": True, "temperature": 1.0, "top_p": 0.5, "top_k": 3,
        "stop_sequences": ["END"], "metadata": {"user_id": "ann"},
        "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("choice", "spelled"),
    [
        (ToolUse.AUTO, {"type": "auto"}),
        (ToolUse.NONE, {"type": "none"}),
        (ToolUse.REQUIRED, {"type": "any"}),
        (NamedTool("weather"), {"type": "tool", "name": "weather"}),
    ],
)
async def test_a_choice_of_tools(
    model: AnthropicLanguageModel, provider: ScriptedProvider, choice: Any, spelled: Any
) -> None:
    await ask(model, tools=(WEATHER,), tool_choice=choice)
    assert provider.calls[0].body["tool_choice"] == spelled


async def test_calls_made_with_tools_that_are_gone_are_still_told_of(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    call = said(Role.ASSISTANT, ToolCall("a", "weather", ""))
    heard = await ask(model, call, said(Role.TOOL, ToolResult("a", "dry")))
    assert heard.failure is None
    body = provider.calls[0].body
    assert body["tools"] == [{"name": "weather", "input_schema": {"type": "object"}}]
    assert body["tool_choice"] == {"type": "none"}
    assert body["messages"][0]["role"] == "user"


async def test_a_schema_is_enforced_where_it_can_be_and_told_where_not(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    recursive = {"type": ["object", "null"], "properties": {"a": {"$ref": "#"}}}
    for schema in (JsonSchema("bird", BIRD), ANY_OBJECT, JsonSchema("tree", recursive)):
        assert (await ask(model, said(Role.SYSTEM, "Be brief."), json_schema=schema)).failure is None
    enforced, any_object, told = (call.body for call in provider.calls)
    format = enforced["output_config"]["format"]
    assert (format["type"], format["schema"]["additionalProperties"], enforced["system"]) == (
        "json_schema",
        False,
        "Be brief.",
    )
    assert "minLength" not in format["schema"]["properties"]["name"]
    assert "output_config" not in any_object
    assert any_object["system"].startswith("Be brief.\n\nAnswer with one JSON object")
    assert '"$ref"' in told["system"]


@pytest.mark.parametrize(
    ("rejects", "asked", "gone", "dropped"),
    [
        (("temperature",), {"temperature": 0.5, "top_p": 0.5}, "temperature", ("temperature",)),
        (("top_p",), {"temperature": 0.5, "top_p": 0.5}, "top_p", ("top_p",)),
        (("adaptive",), {"extra": {"reasoning_effort": "high"}}, "output_config", ()),
        (("adaptive", "thinking"), {"extra": {"reasoning_effort": "high"}}, "thinking", ()),
        (("tool_choice",), {"tools": (WEATHER,), "tool_choice": NamedTool("weather")}, "tool_choice", ("tool_choice",)),
        (("output_config",), {"json_schema": JsonSchema("bird", BIRD)}, "output_config", ()),
    ],
)
async def test_what_a_model_does_not_take_is_left_out_and_told(
    model: AnthropicLanguageModel,
    provider: ScriptedProvider,
    rejects: tuple[str, ...],
    asked: Any,
    gone: str,
    dropped: tuple[str, ...],
) -> None:
    provider.default = Script(rejects=rejects)
    heard = await ask(model, **asked)
    assert heard.failure is None
    assert heard.finished
    assert heard.finished.dropped == dropped
    assert gone in provider.calls[0].body
    assert gone not in provider.calls[-1].body


async def test_a_lasting_dislike_is_remembered_for_its_model(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(rejects=("temperature",))
    for name in ("claude", "claude", "other"):
        assert (await ask(model, model=name, temperature=0.5)).failure is None
    assert [(call.body["model"], "temperature" in call.body) for call in provider.calls] == [
        ("claude", True),
        ("claude", False),
        ("claude", False),
        ("other", True),
        ("other", False),
    ]


async def test_efforts_become_thinking_in_either_of_its_forms(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(rejects=("adaptive",))
    await ask(model, extra={"reasoning_effort": "minimal"})
    await ask(model, extra={"reasoning_effort": "none"})
    await ask(model, max_tokens=100, extra={"reasoning_effort": "high"})
    asked = [{name: call.body.get(name) for name in ("thinking", "output_config")} for call in provider.calls]
    assert asked == [
        {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "low"}},
        {"thinking": {"type": "enabled", "budget_tokens": 2048}, "output_config": None},
        {"thinking": {"type": "disabled"}, "output_config": None},
        {"thinking": None, "output_config": None},
    ]


async def test_thoughts_whose_signature_does_not_hold_are_left_out_and_the_answer_says_so(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    """Newer models bind a thought to all that went before it, and a context that is cut to a budget changes that."""
    stale = replaced_signature(thought("hm"))
    heard = await ask(model, said(Role.USER, "Hello"), said(Role.ASSISTANT, stale, "Hi"), said(Role.USER, "And?"))
    assert heard.failure is None
    assert heard.finished
    assert heard.finished.dropped == ("reasoning",)
    first, second = (call.body["messages"][1]["content"] for call in provider.calls)
    assert [block["type"] for block in first] == ["thinking", "text"]
    assert [block["type"] for block in second] == ["text"]


def replaced_signature(part: Reasoning) -> Reasoning:
    return Reasoning(part.text, ProviderState("anthropic", {"type": "thinking", "signature": "stale"}, "claude"))


async def test_what_cannot_be_conceded_is_the_callers_to_know(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(status=400, message="prompt is too long: 300000 tokens > 200000 maximum")
    heard = await ask(model, temperature=0.5)
    assert isinstance(heard.failure, ProviderRejectedRequest)
    assert "prompt is too long" in str(heard.failure)
    assert len(provider.calls) == 1
