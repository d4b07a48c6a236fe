"""When the reader leaves, the provider is closed within a second, however far the answer had got."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.app import Parley, parley
from tests.support.provider import ScriptedProvider

BODY = {"messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
async def app(provider: ScriptedProvider) -> AsyncIterator[Parley]:
    """Patient, so that nothing but the reader ends a call."""
    async with parley(openai_api_key="sk-x", openai_base_url=provider.url, model="openai:plain") as running:
        yield running


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What the server logs too, which keeps its log to itself."""
    server = logging.getLogger("uvicorn.error")
    server.addHandler(caplog.handler)
    yield caplog
    server.removeHandler(caplog.handler)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("model", "tokens"), [("stall_headers", 0), ("stall_first", 0), ("stall_mid", 2)])
async def test_the_provider_is_closed_and_nothing_is_logged(
    app: Parley,
    provider: ScriptedProvider,
    logged: pytest.LogCaptureFixture,
    model: str,
    tokens: int,
    stream: bool,
) -> None:
    model = model if stream else "wait=30"
    reading = asyncio.create_task(
        app.http.post("/v1/chat/completions", json={**BODY, "model": model, "stream": stream})
    )
    await provider.until(lambda: provider.calls and provider.calls[0].tokens_sent >= (tokens if stream else 0))
    reading.cancel()
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)
    assert len(provider.calls) == 1
    assert (await app.http.get("/health/live")).status_code == 200
    assert logged.text == ""


async def test_the_provider_is_closed_when_a_stream_that_goes_on_is_left(
    app: Parley, provider: ScriptedProvider
) -> None:
    body = {**BODY, "model": "words=10000,delay=0.002", "stream": True}
    async with app.http.stream("POST", "/v1/chat/completions", json=body) as response:
        lines = response.aiter_lines()
        while "w1" not in await anext(lines):
            pass
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)


async def test_the_provider_of_vectors_is_closed(app: Parley, provider: ScriptedProvider) -> None:
    body = {"model": "stall_headers", "input": "hi"}
    reading = asyncio.create_task(app.http.post("/v1/embeddings", json=body))
    await provider.until(lambda: provider.calls)
    reading.cancel()
    await provider.until(lambda: provider.calls[0].aborted, seconds=1)
