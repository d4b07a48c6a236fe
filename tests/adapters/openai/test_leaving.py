"""Whoever leaves, leaves nothing open: the provider sees the end of the connection, and nothing stays behind here."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from adapters.http.retries import Retries
from adapters.openai.embedder import OpenAIEmbedder
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.server import OpenAIServer
from application.ports.language_model import ModelFinished
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider


@asynccontextmanager
async def nothing_left(provider: ScriptedProvider) -> AsyncIterator[None]:
    """Within a second there is no call, no connection and no task; nor was a generator left to the garbage collector,
    which would close it in a task of its own, some day."""
    before, hooks = asyncio.all_tasks(), sys.get_asyncgen_hooks()
    abandoned: list[str] = []

    def finalize(generator: AsyncGenerator[Any, Any]) -> None:
        abandoned.append(repr(generator))
        if hooks.finalizer:
            hooks.finalizer(generator)

    sys.set_asyncgen_hooks(finalizer=finalize)
    try:
        yield
        await provider.until(lambda: provider.open_calls == 0 and provider.connections == 0)
        await provider.until(lambda: asyncio.all_tasks() <= before)
    finally:
        sys.set_asyncgen_hooks(*hooks)
    assert abandoned == []


async def cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("fault", ["wait=30", "stall_headers", "stall_first"])
async def test_cancelling_before_the_first_byte_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider, fault: str
) -> None:
    async with nothing_left(provider):
        task = asyncio.create_task(hear(model, question("Hello", fault)))
        await provider.until(lambda: provider.open_calls)
        await cancel(task)
        await provider.until(lambda: provider.calls[0].aborted)


async def test_cancelling_before_the_first_token_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    async with nothing_left(provider):
        provider.default = Script(fault="stall", at=0)
        batches = model.stream(question("Hello"))
        task = asyncio.create_task(anext(batches))
        await provider.until(lambda: "reader" in batches.ag_frame.f_locals)  # type: ignore[attr-defined]
        await cancel(task)
        await provider.until(lambda: provider.calls[0].aborted)


@pytest.mark.parametrize("fault", ["stall_mid", "words=1000,delay=0.005"])
async def test_cancelling_amid_the_answer_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider, fault: str
) -> None:
    async with nothing_left(provider):
        task = asyncio.create_task(hear(model, question("Hello", fault)))
        await provider.until(lambda: provider.calls and provider.calls[0].tokens_sent >= 2)
        await cancel(task)
        await provider.until(lambda: provider.calls[0].aborted)


@pytest.mark.parametrize("name", ["words=1000,delay=0.005", "huge"])
async def test_closing_the_generator_amid_the_answer_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider, name: str
) -> None:
    async with nothing_left(provider):
        async with aclosing(model.stream(question("Hello", name))) as batches:
            await anext(batches)
        await provider.until(lambda: provider.calls[0].aborted)
    assert len(provider.calls) == 1


async def test_closing_at_the_last_event_is_no_abort(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    async with nothing_left(provider):
        async with aclosing(model.stream(question("Hello", "chunked=false"))) as batches:
            async for batch in batches:
                if isinstance(batch[-1], ModelFinished):
                    break
        await provider.until(lambda: provider.open_calls == 0)
    assert not provider.calls[0].aborted


@pytest.mark.parametrize(
    "name",
    ["html200,chunked=false", "garbage_first", "error_mid", "reset_mid", "stall_mid", "stall_first", "stall_last"],
)
async def test_a_failure_closes_the_connection(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider, name: str
) -> None:
    server = connect(first_byte_seconds=0.1, idle_seconds=0.1, total_seconds=0.3)
    async with nothing_left(provider):
        await hear(OpenAILanguageModel(server), question("Hello", name))
        await server.aclose()


async def test_an_error_whose_words_have_no_end_closes_the_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    async with nothing_left(provider):
        provider.default = Script(status=400, message="x" * 300_000)
        await hear(model, question("Hello"))


async def test_cancelling_between_two_attempts_makes_no_other(
    provider: ScriptedProvider, connect: Callable[..., OpenAIServer]
) -> None:
    pausing = asyncio.Event()

    async def pause(seconds: float) -> None:
        pausing.set()
        await asyncio.sleep(30)

    retries = Retries(jitter=lambda: 1.0, now=connect().retries.now, sleep=pause)
    server = OpenAIServer.connect(provider="openai", api_key="sk-x", base_url=provider.url, retries=retries)
    async with nothing_left(provider):
        task = asyncio.create_task(hear(OpenAILanguageModel(server), question("Hello", "s503")))
        await pausing.wait()
        await cancel(task)
        await server.aclose()
    assert len(provider.calls) == 1


async def test_a_generator_that_is_never_iterated_sends_nothing(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    async with nothing_left(provider):
        await model.stream(question("Hello")).aclose()
    assert provider.connections_ever == 0


async def test_cancelling_an_embedding_closes_the_connection(
    provider: ScriptedProvider, connect: Callable[..., OpenAIServer]
) -> None:
    embedder = OpenAIEmbedder(connect(), default_model="stall_headers")
    async with nothing_left(provider):
        task = asyncio.create_task(embedder.embed(["one"]))
        await provider.until(lambda: provider.open_calls)
        await cancel(task)
        await provider.until(lambda: provider.calls[0].aborted)


async def test_a_server_is_closed_with_the_connections_that_it_keeps(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider
) -> None:
    server = connect()
    async with nothing_left(provider):
        await hear(OpenAILanguageModel(server), question("Hello"))
        assert provider.connections == 1
        await server.aclose()
