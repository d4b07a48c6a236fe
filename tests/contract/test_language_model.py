"""What application/ports/language_model.py promises, asked of every model."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.anthropic.language_model import AnthropicLanguageModel
from adapters.anthropic.server import AnthropicServer
from adapters.demo.language_model import DemoLanguageModel
from adapters.http.retries import Retries
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.server import OpenAIServer
from application.ports.language_model import LanguageModel, ModelFinished, ModelRequest
from domain.conversation import Image, PromptMessage, Reasoning, Role, Text, ToolCall, ToolResult, storable
from domain.run import ReasoningDelta, TextDelta, answer_of
from domain.tool import JsonSchema, ToolCallDelta, ToolSpec, ToolUse
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider(Script(words=20, delay=0.001)) as provider:
        yield provider


@pytest.fixture(params=["demo", "openai", "anthropic"])
async def model(request: pytest.FixtureRequest, provider: ScriptedProvider) -> AsyncIterator[LanguageModel]:
    if request.param == "demo":
        yield DemoLanguageModel(words_per_second=1000)
        return
    retries = Retries(jitter=lambda: 0.0, now=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    if request.param == "anthropic":
        vendor = AnthropicServer.connect(
            provider="anthropic", api_key="sk-ant-test", base_url=provider.anthropic_url, retries=retries
        )
        yield AnthropicLanguageModel(vendor, models=["words=3"])
        await vendor.aclose()
        return
    server = OpenAIServer.connect(provider="openai", api_key="sk-test", base_url=provider.url, retries=retries)
    yield OpenAILanguageModel(server, models=["words=3"])
    await server.aclose()


async def test_a_whole_answer_ends_with_one_proof(model: LanguageModel) -> None:
    heard = await hear(model, question("Hello parrot"))
    assert heard.failure is None
    assert heard.text
    assert heard.finished is not None
    assert heard.finished.reason == "stop"
    assert heard.finished.model


async def test_only_the_last_event_of_the_last_batch_is_the_proof(model: LanguageModel) -> None:
    heard = await hear(model, question("Hello parrot"))
    *said, last = heard.events
    assert isinstance(last, ModelFinished)
    assert all(isinstance(event, (TextDelta, ReasoningDelta)) and event.text for event in said)


async def test_an_answer_comes_in_more_than_one_batch(model: LanguageModel) -> None:
    assert len((await hear(model, question("Hello parrot, and everyone else in this room"))).batches) > 2


async def test_usage_counts_what_went_in_and_out(model: LanguageModel) -> None:
    heard = await hear(model, question("Hello parrot"))
    assert heard.finished is not None
    assert heard.finished.usage is not None
    assert heard.finished.usage.input_tokens == 2
    assert heard.finished.usage.output_tokens > 0


async def test_the_same_question_may_be_asked_by_many_at_once(model: LanguageModel) -> None:
    alone = await hear(model, question("Hello parrot"))
    together = await asyncio.gather(*(hear(model, question("Hello parrot")) for _ in range(20)))
    assert {heard.text for heard in together} == {alone.text}


async def test_a_conversation_with_every_role_and_part_is_understood(model: LanguageModel) -> None:
    messages = (
        PromptMessage(Role.SYSTEM, (Text("You are a parrot."),)),
        PromptMessage(Role.USER, (Text("Hello"),)),
        PromptMessage(Role.ASSISTANT, (Reasoning("A greeting."), Text("Hello"), Text("!"))),
        PromptMessage(Role.USER, (Text("Grüße 🦜"),)),
    )
    heard = await hear(model, ModelRequest(model="any", messages=messages, temperature=0.5, max_tokens=100_000))
    assert heard.finished is not None
    assert storable(heard.text, field="answer") == heard.text


async def test_every_model_it_names_answers(model: LanguageModel) -> None:
    assert model.models()
    for full_name in model.models():
        _, colon, name = full_name.partition(":")
        assert colon
        assert (await hear(model, question("Hello parrot", name))).finished is not None


async def test_a_shape_that_is_asked_for_is_kept(model: LanguageModel, provider: ScriptedProvider) -> None:
    provider.default = Script(text='{"name": "Polly"}')
    asked = ModelRequest(
        model="any", messages=question("Who are you?").messages, json_schema=JsonSchema("bird", SCHEMA)
    )
    assert set(json.loads((await hear(model, asked)).text)) == {"name"}


WEATHER = ToolSpec("weather", "How it is outside", {"type": "object", "properties": {"city": {"type": "string"}}})
TIME = ToolSpec("time", "What the clock says")


def ordering(text: str, *more: PromptMessage, **limits: Any) -> ModelRequest:
    messages = (*question(text).messages, *more)
    return ModelRequest(model="any", messages=messages, tools=(WEATHER, TIME), **limits)


async def test_a_tool_is_called_in_numbered_pieces_that_add_up(
    model: LanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(
        words=0,
        calls=({"name": "weather", "arguments": {"city": "Paris"}}, {"name": "time", "arguments": {}}),
        finish="tool_calls",
    )
    heard = await hear(model, ordering('Please call weather with {"city": "Paris"} and call time with {}.'))

    assert [(call.name, json.loads(call.arguments)) for call in heard.calls] == [
        ("weather", {"city": "Paris"}),
        ("time", {}),
    ]
    assert len({call.id for call in heard.calls if call.id}) == 2
    begun = [event for event in heard.events if isinstance(event, ToolCallDelta) and (event.id or event.name)]
    assert [(event.index, bool(event.id), bool(event.name)) for event in begun] == [(0, True, True), (1, True, True)]
    assert heard.finished is not None
    assert heard.finished.reason == "tool_calls"


async def test_what_came_of_a_call_is_answered(model: LanguageModel) -> None:
    heard = await hear(
        model,
        ordering(
            "Please call time.",
            PromptMessage(Role.ASSISTANT, (ToolCall("call_1", "time", "{}"),)),
            PromptMessage(Role.TOOL, (ToolResult("call_1", "It is noon."),)),
        ),
    )
    assert heard.calls == ()
    assert heard.text
    assert heard.finished is not None
    assert heard.finished.reason == "stop"


async def test_what_it_thought_said_and_called_can_be_shown_to_it_again(
    model: LanguageModel, provider: ScriptedProvider
) -> None:
    wish = {"name": "weather", "arguments": {"city": "Paris"}}
    provider.queue.append(Script(reasoning=2, redacted=True, words=2, calls=(wish,), finish="tool_calls"))
    asked = ordering('Please call weather with {"city": "Paris"}.')
    heard = await hear(model, asked)
    said = answer_of(event for event in heard.events if not isinstance(event, ModelFinished))
    [call] = [part for part in said if isinstance(part, ToolCall)]
    messages = (
        *asked.messages,
        PromptMessage(Role.ASSISTANT, said),
        PromptMessage(Role.TOOL, (ToolResult(call.id, "dry"),)),
    )
    again = await hear(model, replace(asked, messages=messages))
    assert again.finished
    assert (again.finished.reason, again.finished.dropped) == ("stop", ())
    assert len(provider.calls) in (0, 2)


async def test_every_wish_and_every_picture_is_understood(model: LanguageModel) -> None:
    seen = PromptMessage(Role.USER, (Text("And this?"), Image("data:image/png;base64,AA==")))
    limits: dict[str, Any] = {"top_p": 0.5, "stop": ("no such words",), "seed": 7, "parallel_tool_calls": False}
    choice: dict[str, Any] = {"tool_choice": ToolUse.NONE, "extra": {"user": "ann"}}
    heard = await hear(model, ordering("Please call time.", seen, **limits, **choice))
    assert heard.finished is not None
    assert heard.text


async def test_closing_early_leaves_nothing_running(model: LanguageModel, provider: ScriptedProvider) -> None:
    async with aclosing(model.stream(question("Hello parrot"))) as batches:
        await anext(batches)
    await nothing_runs(provider)


@pytest.mark.parametrize("batches_heard", [0, 1])
async def test_cancelling_leaves_nothing_running(
    model: LanguageModel, provider: ScriptedProvider, batches_heard: int
) -> None:
    heard = asyncio.Event()
    if not batches_heard:
        heard.set()

    async def listen() -> None:
        async with aclosing(model.stream(question("Hello parrot"))) as batches:
            async for _ in batches:
                heard.set()

    task = asyncio.create_task(listen())
    await heard.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await nothing_runs(provider)


async def test_a_stream_nobody_iterates_costs_nothing(model: LanguageModel, provider: ScriptedProvider) -> None:
    await model.stream(question("Hello parrot")).aclose()
    await nothing_runs(provider)
    assert provider.calls == []


async def nothing_runs(provider: ScriptedProvider) -> None:
    """Soon there is neither a call at the provider nor a task here: the provider's own end with their connections."""
    mine = asyncio.current_task()
    await provider.until(lambda: provider.open_calls == 0 and asyncio.all_tasks() == {mine}, seconds=1)
