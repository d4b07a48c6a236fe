"""Whoever leaves, leaves nothing open: the provider sees the end of the connection, and no task stays behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest

from adapters.openai.embedder import OpenAIEmbedder
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.retries import Retries
from adapters.openai.server import OpenAIServer
from application.ports.language_model import ModelFinished
from tests.support.listening import hear, question
from tests.support.provider import ScriptedProvider


@pytest.fixture(autouse=True)
async def nothing_is_left(provider: ScriptedProvider, model: OpenAILanguageModel) -> AsyncIterator[None]:
    """The provider's tasks end with their connections, so that what is left after that is the adapter's."""
    before = asyncio.all_tasks()
    yield
    await provider.until(lambda: provider.open_calls == 0 and provider.connections == 0, seconds=1)
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left


async def cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("fault", ["wait=30", "stall_headers", "stall_first"])
async def test_cancelling_before_the_first_byte_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider, fault: str
) -> None:
    task = asyncio.create_task(hear(model, question("Hello", fault)))
    await provider.until(lambda: provider.open_calls)
    await cancel(task)
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)


async def test_cancelling_before_the_first_token_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    task = asyncio.create_task(hear(model, question("Hello", "stall_mid,at=0")))
    await provider.until(lambda: provider.open_calls)
    await asyncio.sleep(0.02)
    await cancel(task)
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)


@pytest.mark.parametrize("fault", ["stall_mid", "words=1000,delay=0.005"])
async def test_cancelling_amid_the_answer_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider, fault: str
) -> None:
    task = asyncio.create_task(hear(model, question("Hello", fault)))
    await provider.until(lambda: provider.calls and provider.calls[0].tokens_sent >= 2)
    await cancel(task)
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)


async def test_closing_the_generator_amid_the_answer_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    async with aclosing(model.stream(question("Hello", "words=1000,delay=0.005"))) as batches:
        await anext(batches)
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)
    assert len(provider.calls) == 1


async def test_closing_while_the_provider_sends_faster_than_anyone_reads(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    async with aclosing(model.stream(question("Hello", "huge"))) as batches:
        await anext(batches)
        await asyncio.sleep(0.05)
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)


async def test_closing_at_the_last_event_is_no_abort(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    async with aclosing(model.stream(question("Hello", "chunked=false"))) as batches:
        async for batch in batches:
            if isinstance(batch[-1], ModelFinished):
                break
    await provider.until(lambda: provider.open_calls == 0, seconds=1)
    assert not provider.calls[0].aborted


async def test_cancelling_between_two_attempts_makes_no_other(
    provider: ScriptedProvider, connect: Callable[..., OpenAIServer]
) -> None:
    pausing = asyncio.Event()

    async def pause(seconds: float) -> None:
        pausing.set()
        await asyncio.sleep(30)

    server = connect()
    retries = Retries(jitter=lambda: 1.0, now=server.retries.now, sleep=pause)
    again = OpenAIServer.connect(provider="openai", api_key="sk-x", base_url=provider.url, retries=retries)
    task = asyncio.create_task(hear(OpenAILanguageModel(again), question("Hello", "s503")))
    await pausing.wait()
    await cancel(task)
    await again.aclose()
    assert len(provider.calls) == 1


async def test_a_generator_that_is_never_iterated_sends_nothing(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    batches = model.stream(question("Hello"))
    await batches.aclose()
    assert provider.connections_ever == 0


async def test_cancelling_an_embedding_closes_the_connection(
    provider: ScriptedProvider, connect: Callable[..., OpenAIServer]
) -> None:
    embedder = OpenAIEmbedder(connect(), default_model="stall_headers")
    task = asyncio.create_task(embedder.embed(["one"]))
    await provider.until(lambda: provider.open_calls)
    await cancel(task)
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)
