"""Vectors: as many as texts, in their order, of one length, however the server spells them."""

from collections.abc import Callable

import pytest

from adapters.openai.embedder import OpenAIEmbedder
from adapters.openai.server import OpenAIServer
from domain.errors import (
    ProviderAnswerInvalid,
    ProviderCredentialsRefused,
    ProviderFailure,
    ProviderOverloaded,
    ProviderTimedOut,
    ProviderUnavailable,
)
from tests.support.provider import Script, ScriptedProvider
from tests.support.provider.answers import vector_of

TEXTS = ["one", "two", "Grüße 🦜"]
VECTORS = [vector_of(text, 8) for text in TEXTS]


@pytest.fixture
def embedder(connect: Callable[..., OpenAIServer]) -> OpenAIEmbedder:
    return OpenAIEmbedder(connect(idle_seconds=0.2, first_byte_seconds=0.2), default_model="scripted")


@pytest.mark.parametrize("name", ["scripted", "base64=false", "shuffled=true", "base64=false,shuffled=true"])
async def test_vectors_come_in_the_order_of_the_texts(embedder: OpenAIEmbedder, name: str) -> None:
    embeddings = await embedder.embed(TEXTS, model=name)
    assert embeddings.vectors == VECTORS
    assert (embeddings.dimensions, embeddings.model) == (8, name)
    assert embeddings.usage is not None
    assert (embeddings.usage.input_tokens, embeddings.usage.output_tokens) == (4, 0)


async def test_the_default_model_is_used_when_none_is_named(
    embedder: OpenAIEmbedder, provider: ScriptedProvider
) -> None:
    assert (await embedder.embed(["one"])).model == "scripted"
    assert provider.calls[0].body == {"model": "scripted", "input": ["one"], "encoding_format": "base64"}


async def test_no_text_is_no_call(embedder: OpenAIEmbedder, provider: ScriptedProvider) -> None:
    assert (await embedder.embed([])).vectors == []
    assert provider.calls == []


async def test_many_texts_are_sent_in_batches_and_come_back_in_order(
    embedder: OpenAIEmbedder, provider: ScriptedProvider
) -> None:
    texts = [f"text {i}" for i in range(600)]
    embeddings = await embedder.embed(texts)
    assert embeddings.vectors == [vector_of(text, 8) for text in texts]
    assert [len(call.body["input"]) for call in provider.calls] == [256, 256, 88]
    assert embeddings.usage is not None
    assert embeddings.usage.input_tokens == 1200


async def test_a_server_that_rejects_base64_is_asked_for_numbers_from_then_on(
    embedder: OpenAIEmbedder, provider: ScriptedProvider
) -> None:
    provider.default = Script(rejects=("encoding_format",))
    for _ in range(2):
        assert (await embedder.embed(TEXTS)).vectors == VECTORS
    assert ["encoding_format" in call.body for call in provider.calls] == [True, False, False]


def listing(*items: str) -> Script:
    return Script(raw='{"data": [' + ", ".join(items) + "]}", content_type="application/json")


@pytest.mark.parametrize(
    "script",
    [
        Script(missing=1),
        Script(ragged=True),
        Script(ragged=True, base64=False),
        Script(raw="<html>"),
        Script(raw='{"data": 5}'),
        Script(raw='{"object": "list"}'),
        Script(raw="[" * 100_000),
        listing('{"embedding": []}', '{"embedding": []}', '{"embedding": []}'),
        listing('{"embedding": "AAA="}', '{"embedding": "AAA="}', '{"embedding": "AAA="}'),
        listing('{"embedding": "AADAfw=="}', '{"embedding": "AADAfw=="}', '{"embedding": "AADAfw=="}'),
        listing('{"embedding": "?"}', '{"embedding": "?"}', '{"embedding": "?"}'),
        listing(*['{"embedding": [1], "index": 0}'] * 3),
        listing(*['{"embedding": [1]}'] * 4),
    ],
)
async def test_vectors_that_do_not_fit_the_texts_are_an_invalid_answer(
    embedder: OpenAIEmbedder, provider: ScriptedProvider, script: Script
) -> None:
    provider.default = script
    with pytest.raises(ProviderAnswerInvalid):
        await embedder.embed(TEXTS)


async def test_vectors_without_numbers_are_in_order(embedder: OpenAIEmbedder, provider: ScriptedProvider) -> None:
    provider.default = listing('{"embedding": [1]}', '{"embedding": [2]}', '{"embedding": [3]}')
    embeddings = await embedder.embed(TEXTS)
    assert embeddings.vectors == [[1.0], [2.0], [3.0]]
    assert embeddings.usage is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("s401", ProviderCredentialsRefused),
        ("s429", ProviderOverloaded),
        ("s503", ProviderUnavailable),
        ("stall_headers", ProviderTimedOut),
        ("reset_headers", ProviderUnavailable),
    ],
)
async def test_failures_are_those_of_the_models(
    embedder: OpenAIEmbedder, name: str, kind: type[ProviderFailure]
) -> None:
    with pytest.raises(kind):
        await embedder.embed(TEXTS, model=name)


async def test_a_passing_fault_is_tried_again(embedder: OpenAIEmbedder, provider: ScriptedProvider) -> None:
    assert (await embedder.embed(TEXTS, model="s503,fails=2")).vectors == VECTORS
    assert len(provider.calls) == 3
