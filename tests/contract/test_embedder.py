"""What application/ports/embedder.py promises, asked of every embedder."""

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.demo.embedder import HashingEmbedder
from adapters.http.retries import Retries
from adapters.local_embedder.embedder import LocalEmbedder
from adapters.openai.embedder import OpenAIEmbedder
from adapters.openai.server import OpenAIServer
from application.ports.embedder import Embedder
from domain.errors import ProviderFailure
from tests.support.provider import Script, ScriptedProvider
from tests.support.tiny_bert import TinyBert

TEXTS = ["one", "two words", "Grüße 🦜", "שלום", "one"]


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as provider:
        yield provider


@pytest.fixture(params=["demo", "openai", "local"])
async def embedder(
    request: pytest.FixtureRequest, provider: ScriptedProvider, tmp_path: Path
) -> AsyncIterator[Embedder]:
    if request.param == "demo":
        yield HashingEmbedder()
        return
    if request.param == "local":
        yield LocalEmbedder.from_folder(TinyBert().write(tmp_path), name="tiny")
        return
    retries = Retries(jitter=lambda: 0.0, now=lambda: datetime(2026, 1, 2, tzinfo=UTC))
    server = OpenAIServer.connect(provider="openai", api_key="sk-test", base_url=provider.url, retries=retries)
    yield OpenAIEmbedder(server, default_model="scripted")
    await server.aclose()


async def test_there_is_one_vector_a_text_and_all_are_of_one_length(embedder: Embedder) -> None:
    embeddings = await embedder.embed(TEXTS)
    assert len(embeddings.vectors) == len(TEXTS)
    assert {len(vector) for vector in embeddings.vectors} == {embeddings.dimensions}
    assert all(math.isfinite(number) for vector in embeddings.vectors for number in vector)


async def test_vectors_are_in_the_order_of_the_texts(embedder: Embedder) -> None:
    together = (await embedder.embed(TEXTS)).vectors
    for vector, text in zip(together, TEXTS, strict=True):
        assert vector == pytest.approx((await embedder.embed([text])).vectors[0], abs=1e-6)
    assert together[0] == pytest.approx(together[-1], abs=1e-6)
    assert together[0] != pytest.approx(together[1], abs=1e-6)


async def test_many_texts_come_back_as_many_and_in_order(embedder: Embedder) -> None:
    texts = [f"text {i}" for i in range(300)]
    vectors = (await embedder.embed(texts)).vectors
    assert len(vectors) == 300
    assert vectors[299] == pytest.approx((await embedder.embed(["text 299"])).vectors[0], abs=1e-6)


async def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert (await embedder.embed([])).vectors == []


async def test_the_answer_names_a_model_whether_or_not_one_was_asked_for(embedder: Embedder) -> None:
    assert (await embedder.embed(["one"])).model
    assert (await embedder.embed(["one"], model="scripted")).model


async def test_the_texts_are_counted(embedder: Embedder) -> None:
    usage = (await embedder.embed(["one", "two words"])).usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens) == (3, 0)


async def test_vectors_are_as_long_as_asked_for_or_refused(embedder: Embedder, provider: ScriptedProvider) -> None:
    provider.default = Script(dimensions=16)
    embeddings = await embedder.embed(TEXTS, dimensions=16)
    assert embeddings.dimensions == 16
    assert {len(vector) for vector in embeddings.vectors} == {16}
    with pytest.raises(ProviderFailure):
        await embedder.embed(TEXTS, dimensions=1_000_000)


async def test_cancelling_ends_it_and_its_call(embedder: Embedder, provider: ScriptedProvider) -> None:
    task = asyncio.create_task(embedder.embed([f"text {i}" for i in range(1000)]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await provider.until(lambda: provider.open_calls == 0, seconds=1)
