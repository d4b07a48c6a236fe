"""Tools through OpenAI's own client: asked for, called, answered."""

import json
from collections.abc import Callable
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.provider import Script, ScriptedProvider

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS: list[Any] = [
    {"type": "function", "function": {"name": "weather", "description": "How it is outside", "parameters": CITY}},
    {"type": "function", "function": {"name": "time"}},
]
ORDER: Any = {"role": "user", "content": 'Please call weather with {"city": "Paris"} and call time with {}.'}
CALLS = ({"name": "weather", "arguments": {"city": "Paris"}}, {"name": "time", "arguments": {}})
SAID = [("weather", {"city": "Paris"}), ("time", {})]


@pytest.fixture(params=["plain", "demo:parrot"])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def calls(provider: ScriptedProvider) -> Callable[..., None]:
    """The provider's next answer calls these tools; the demo model does what it is told anyway."""

    def prepare(*calls: dict[str, Any]) -> None:
        provider.queue.append(Script(words=0, calls=calls, finish="tool_calls"))

    return prepare


async def test_calls_are_made_and_their_results_answered(
    client: AsyncOpenAI, model: str, calls: Callable[..., None]
) -> None:
    if model == "plain":
        calls(*CALLS)
    asked = await client.chat.completions.create(model=model, messages=[ORDER], tools=TOOLS)
    choice = asked.choices[0]

    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    made = choice.message.tool_calls or []
    assert [(call.type, json.loads(call.function.arguments)) for call in made if call.type == "function"] == [
        ("function", arguments) for _, arguments in SAID
    ]
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in made]
    messages: list[Any] = [ORDER, choice.message, *results]
    answered = await client.chat.completions.create(model=model, messages=messages, tools=TOOLS)
    assert answered.choices[0].finish_reason == "stop"
    assert answered.choices[0].message.content


async def test_streamed_calls_add_up(client: AsyncOpenAI, model: str, calls: Callable[..., None]) -> None:
    if model == "plain":
        calls(*CALLS)
    async with client.chat.completions.stream(model=model, messages=[ORDER], tools=TOOLS) as stream:
        events = [event async for event in stream]
        final = await stream.get_final_completion()

    made = final.choices[0].message.tool_calls or []
    assert [(call.function.name, json.loads(call.function.arguments)) for call in made] == SAID
    assert len({call.id for call in made}) == 2
    assert final.choices[0].finish_reason == "tool_calls"
    done = [event.name for event in events if event.type == "tool_calls.function.arguments.done"]
    assert done == ["weather", "time"]


async def test_a_choice_is_obeyed(client: AsyncOpenAI) -> None:
    async def called(**wishes: Any) -> list[str]:
        whole = await client.chat.completions.create(model="demo:parrot", messages=[ORDER], tools=TOOLS, **wishes)
        return [call.function.name for call in whole.choices[0].message.tool_calls or [] if call.type == "function"]

    assert await called() == ["weather", "time"]
    assert await called(parallel_tool_calls=False) == ["weather"]
    assert await called(tool_choice="none") == []
    assert await called(tool_choice={"type": "function", "function": {"name": "time"}}) == ["time"]
    with pytest.raises(openai.BadRequestError) as refused:
        await called(tool_choice={"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}})
    assert refused.value.param == "tool_choice"


async def test_a_provider_gets_tools_and_results_as_they_were(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    call = {"id": "a", "type": "function", "function": {"name": "time", "arguments": "{}"}}
    messages: list[Any] = [
        ORDER,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "noon"}]},
    ]
    custom: Any = {"type": "custom", "custom": {"name": "code", "format": {"type": "text"}}}
    wishes: dict[str, Any] = {"tool_choice": "required", "parallel_tool_calls": False}
    await client.chat.completions.create(model="plain", messages=messages, tools=[*TOOLS, custom], **wishes)

    body = {"model": "plain", "messages": messages, "tools": [*TOOLS, custom], **wishes}
    assert provider.calls[0].body == body
