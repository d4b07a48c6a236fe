"""Turning texts into vectors, and finding who does it."""

from collections.abc import Sequence

import pytest

from application.embedder_router import EmbedderRouter
from application.embeddings.embed_texts import TEXT_CHARACTERS, TEXTS, EmbedTexts
from application.ports.embedder import Embedder, Embeddings
from domain.errors import InvalidInput
from tests.support.metering import Counted


class CountingEmbedder(Embedder):
    """A vector is the length of its text; what was asked for is kept."""

    def __init__(self) -> None:
        self.asked = list[tuple[list[str], str | None]]()

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        self.asked.append((list(texts), model))
        return Embeddings([[float(len(text))] for text in texts], 1, model or "counting")


async def test_every_text_gets_its_vector_in_order() -> None:
    embeddings = await EmbedTexts(embedder=Counted().embedder(CountingEmbedder()))(["one", "three"])
    assert embeddings.vectors == [[3.0], [5.0]]


async def test_the_model_that_was_named_is_asked() -> None:
    embedder = CountingEmbedder()
    await EmbedTexts(embedder=Counted().embedder({"other": embedder}))(["one"], model="other:model")
    assert embedder.asked == [(["one"], "model")]


@pytest.mark.parametrize("texts", [[], ["x"] * (TEXTS + 1)])
async def test_too_few_and_too_many_texts_are_refused(texts: list[str]) -> None:
    embedder = CountingEmbedder()
    with pytest.raises(InvalidInput, match="256") as refused:
        await EmbedTexts(embedder=Counted().embedder(embedder))(texts)
    assert refused.value.field == "texts"
    assert embedder.asked == []


@pytest.mark.parametrize("bad", ["", " ", "x" * (TEXT_CHARACTERS + 1), "a\x00b", "half \udfff"])
async def test_the_text_at_fault_is_named(bad: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await EmbedTexts(embedder=Counted().embedder(CountingEmbedder()))(["a", "b", "c", bad])
    assert refused.value.field == "texts[3]"


async def test_the_largest_request_is_taken() -> None:
    embeddings = await EmbedTexts(embedder=Counted().embedder(CountingEmbedder()))(["x" * TEXT_CHARACTERS] * TEXTS)
    assert len(embeddings.vectors) == TEXTS


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        (None, "first", "small"),
        ("second:large", "second", "large"),
        ("second:family:7b", "second", "family:7b"),
        ("large", "first", "large"),
        ("family:7b", "first", "family:7b"),
    ],
)
async def test_a_name_finds_its_provider(name: str | None, provider: str, model: str) -> None:
    embedders = {"first": CountingEmbedder(), "second": CountingEmbedder()}
    await EmbedderRouter(providers=embedders, default_model="first:small").embed(["one"], model=name)
    assert {key: embedder.asked for key, embedder in embedders.items() if embedder.asked} == {
        provider: [(["one"], model)]
    }
