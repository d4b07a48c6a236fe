"""The demo model: what it says, how fast, and how it ends."""

import asyncio
import itertools
from contextlib import aclosing

import pytest

from adapters.demo.answers import answer_to
from adapters.demo.language_model import DemoLanguageModel
from application.ports.language_model import ModelEvent, ModelFinished, ModelRequest
from domain.conversation import PromptMessage, Role, Text
from domain.errors import ProviderRejectedRequest
from domain.run import ReasoningDelta, TextDelta
from domain.tool import JsonSchema


def asking(*said: str, max_tokens: int | None = None, schema: JsonSchema | None = None) -> ModelRequest:
    """Questions and answers in turn."""
    roles = itertools.cycle([Role.USER, Role.ASSISTANT])
    messages = tuple(PromptMessage(role, (Text(text),)) for role, text in zip(roles, said, strict=False))
    return ModelRequest(model="parrot", messages=messages, max_tokens=max_tokens, json_schema=schema)


async def batches_of(model: DemoLanguageModel, request: ModelRequest) -> list[list[ModelEvent]]:
    async with aclosing(model.stream(request)) as batches:
        return [batch async for batch in batches]


async def events_of(request: ModelRequest) -> list[ModelEvent]:
    return [event for batch in await batches_of(DemoLanguageModel(0), request) for event in batch]


def text_in(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def test_the_words_add_up_to_the_answer_and_the_proof_of_its_end_comes_last() -> None:
    *words, finished = await events_of(asking("markdown"))
    assert text_in(words) == answer_to(asking("markdown")).text
    assert len(words) > 100
    assert isinstance(finished, ModelFinished)
    assert (finished.reason, finished.model) == ("stop", "demo:parrot")
    assert not any(isinstance(event, ModelFinished) for event in words)


async def test_the_same_question_gets_the_same_answer() -> None:
    assert await events_of(asking("Is it so?")) == await events_of(asking("Is it so?"))


async def test_it_waits_between_words() -> None:
    waits = list[float]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    batches = await batches_of(DemoLanguageModel(words_per_second=20, sleep=sleep), asking("Hello!"))
    assert waits == [1 / 20] * (len(batches) - 1)
    assert all(len(batch) == 1 for batch in batches)


async def test_without_delay_other_work_still_gets_its_turn() -> None:
    turns = 0

    async def other_work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.create_task(other_work())
    batches = await batches_of(DemoLanguageModel(words_per_second=0), asking("long"))
    working.cancel()
    assert turns >= len(batches) - 2


async def test_usage_counts_words() -> None:
    finished = (await events_of(asking("one two", "three", "code only")))[-1]
    assert isinstance(finished, ModelFinished)
    assert finished.usage is not None
    assert finished.usage.input_tokens == 5
    assert finished.usage.output_tokens == len(answer_to(asking("code only")).text.split())


async def test_an_answer_ends_at_max_tokens_and_says_why() -> None:
    *words, finished = await events_of(asking("long", max_tokens=7))
    assert len(words) == 7
    assert isinstance(finished, ModelFinished)
    assert finished.reason == "length"


async def test_an_answer_of_just_max_tokens_is_whole() -> None:
    length = len(await events_of(asking("Hello!"))) - 1
    finished = (await events_of(asking("Hello!", max_tokens=length)))[-1]
    assert isinstance(finished, ModelFinished)
    assert finished.reason == "stop"


async def test_cancelling_ends_it_at_once() -> None:
    async def read(started: asyncio.Event) -> None:
        async with aclosing(DemoLanguageModel(words_per_second=0.001).stream(asking("long"))) as batches:
            async for _ in batches:
                started.set()

    started = asyncio.Event()
    reading = asyncio.create_task(read(started))
    async with asyncio.timeout(30):
        await started.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_closing_ends_it_at_once() -> None:
    async with (
        asyncio.timeout(30),
        aclosing(DemoLanguageModel(words_per_second=0.001).stream(asking("long"))) as answer,
    ):
        await anext(answer)


async def test_thinking_is_shown_before_the_answer() -> None:
    *words, _ = await events_of(asking("think"))
    kinds = [kind for kind, _ in itertools.groupby(words, type)]
    assert kinds == [ReasoningDelta, TextDelta]


async def test_a_schema_is_answered_with_json_that_echoes_the_question() -> None:
    schema = JsonSchema("name", {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]})
    assert text_in(await events_of(asking("Ada Lovelace", schema=schema))) == '{"name": "Ada Lovelace Ada"}'


async def test_a_schema_that_nothing_fits_is_refused_before_the_first_word() -> None:
    with pytest.raises(ProviderRejectedRequest):
        await events_of(asking("Ada", schema=JsonSchema("endless", {"$ref": "#"})))


async def test_it_names_itself_in_full() -> None:
    assert DemoLanguageModel().models() == ("demo:parrot",)
