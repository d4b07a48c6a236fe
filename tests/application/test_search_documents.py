"""Search: both halves, one order, and never nothing because a model is away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from adapters.memory.database import MemoryDatabase
from adapters.stemming.snowball import SnowballStemmer
from application.knowledge.models_in_time import ModelsInTime
from application.knowledge.search_documents import SearchDocuments
from application.ports.embedder import Embedder, Embeddings
from application.ports.reranker import Reranker
from application.ports.search_index import IndexedChunk
from domain.errors import InvalidInput, ProviderFailure, ProviderUnavailable
from domain.knowledge import Document
from domain.retrieval.findings import Findings
from domain.retrieval.terms import terms_of
from tests.support.builders import ALICE, BOB, NOON
from tests.support.knowledge import add_document, chunk, embed, generation_of, make_ready
from tests.support.metering import Counted

MODEL = "local:all-MiniLM-L6-v2"
TEXTS = ["Cats are sleeping on the mat", "A dog barks at the cats", "Stocks fell sharply"]
VECTORS = [(1.0, 0.1, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]


@dataclass
class Listening:
    """What a model is asked, and whether it answers."""

    failure: ProviderFailure | None = None
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    async def hear(self, question: str) -> None:
        self.asked.append(question)
        if self.silent:
            await asyncio.Event().wait()
        if self.failure:
            raise self.failure


@dataclass
class OneVector(Listening, Embedder):
    """Every text means the same."""

    vector: tuple[float, ...] = (0.0, 0.1, 1.0)

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        await self.hear(texts[0])
        return Embeddings([list(self.vector) for _ in texts], len(self.vector), str(model))


@dataclass
class ShortestFirst(Listening, Reranker):
    async def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        await self.hear(question)
        return [-len(passage) for passage in passages]


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase()


def search(database: MemoryDatabase, **models: object) -> SearchDocuments:
    limits = {"embedding_seconds": 0.05, "reranking_seconds": 0.05}
    if isinstance(embedder := models.get("embedder"), OneVector):
        models["embedder"] = Counted().embedder({"local": embedder}, MODEL)
    return SearchDocuments(
        read=database.read,
        stemmer=SnowballStemmer(),
        models=ModelsInTime(**{**limits, **models}),  # type: ignore[arg-type]
    )


async def stored(database: MemoryDatabase, model: str = MODEL, language: str = "en") -> Document:
    """The texts with vectors of the model, stemmed as the language."""
    document = await add_document(database, language.encode())
    stem = SnowballStemmer().stem_of(language)
    async with database.begin() as tx:
        await tx.documents.change(replace(document, language=language), was=document)
        begun = await tx.search.begin(document.id, owner=ALICE, chunks=len(TEXTS), at=NOON)
        await tx.search.add(begun, [IndexedChunk(chunk(text), terms_of([text], stem)) for text in TEXTS], at=NOON)
        await tx.commit()
    await make_ready(database, document)
    await embed(database, await generation_of(database, model), document, *VECTORS)
    return document


def texts(findings: Findings) -> list[str]:
    return [one.passage.chunk.text for one in findings.found]


async def test_words_find_what_they_stand_in_whatever_their_endings(database: MemoryDatabase) -> None:
    await stored(database)
    findings = await search(database)("sleeping cat?", owner=ALICE)
    assert texts(findings) == TEXTS[:2]
    assert findings.found[0].coverage == pytest.approx(1)
    assert findings.found[0].similarity is None
    assert findings.problems == ()


async def test_meaning_finds_what_words_do_not(database: MemoryDatabase) -> None:
    await stored(database)
    embedder = OneVector()
    findings = await search(database, embedder=embedder)("market crash of cats", owner=ALICE)
    assert set(texts(findings)) == set(TEXTS)
    stocks = next(one for one in findings.found if one.passage.chunk.text == TEXTS[2])
    assert stocks.coverage is None
    assert stocks.similarity == pytest.approx(1, abs=0.01)
    assert embedder.asked == ["market crash of cats"]


async def test_scores_fall_and_the_limit_holds(database: MemoryDatabase) -> None:
    await stored(database)
    findings = await search(database, embedder=OneVector())("cats", owner=ALICE, limit=2)
    assert len(findings.found) == 2
    assert 1 >= findings.found[0].score > findings.found[1].score > 0


@pytest.mark.parametrize(
    ("model", "question"), [("demo:hashing", "cats"), (MODEL, "Как спят кошки и что это было на горе")]
)
async def test_a_model_that_can_only_do_harm_is_not_asked(database: MemoryDatabase, model: str, question: str) -> None:
    await stored(database, model)
    embedder = OneVector()
    assert (await search(database, embedder=embedder)(question, owner=ALICE)).problems == ()
    assert embedder.asked == []


@pytest.mark.parametrize(
    ("embedder", "code"),
    [
        (OneVector(failure=ProviderUnavailable("local")), "provider_unavailable"),
        (OneVector(silent=True), "provider_timed_out"),
        (OneVector(vector=(1.0, 2.0)), "provider_answer_invalid"),
    ],
    ids=["fails", "is late", "has changed"],
)
async def test_when_the_model_is_away_words_answer_and_the_problem_is_named(
    database: MemoryDatabase, embedder: OneVector, code: str
) -> None:
    await stored(database)
    findings = await search(database, embedder=embedder)("cats", owner=ALICE)
    assert len(findings.found) == 2
    assert [problem.code for problem in findings.problems] == [code]


async def test_a_reranker_has_the_last_word_about_the_order(database: MemoryDatabase) -> None:
    await stored(database)
    before = await search(database)("sleeping cats", owner=ALICE)
    findings = await search(database, reranker=ShortestFirst())("sleeping cats", owner=ALICE)
    assert texts(findings) == texts(before)[::-1]
    assert [one.score for one in findings.found] == [one.score for one in before.found]


@pytest.mark.parametrize(
    ("reranker", "code"),
    [
        (ShortestFirst(failure=ProviderUnavailable("reranker")), "provider_unavailable"),
        (ShortestFirst(silent=True), "provider_timed_out"),
    ],
    ids=["fails", "is late"],
)
async def test_without_the_reranker_the_order_is_as_before_and_the_problem_is_named(
    database: MemoryDatabase, reranker: ShortestFirst, code: str
) -> None:
    await stored(database)
    before = await search(database)("sleeping cats", owner=ALICE)
    findings = await search(database, reranker=reranker)("sleeping cats", owner=ALICE)
    assert findings.found == before.found
    assert [problem.code for problem in findings.problems] == [code]


async def test_what_is_quoted_has_to_be_there_also_for_the_vectors(database: MemoryDatabase) -> None:
    await stored(database)
    find = search(database, embedder=OneVector())
    assert texts(await find('what of "the cats"?', owner=ALICE)) == [TEXTS[1]]
    assert texts(await find('what of "the stocks"?', owner=ALICE)) == []
    assert len(texts(await find('what of "the stocks"?', owner=ALICE, quotes=False))) == 3


async def test_only_ones_own_and_only_the_documents_asked_for(database: MemoryDatabase) -> None:
    document = await stored(database)
    find = search(database, embedder=OneVector())
    assert texts(await find("cats", owner=BOB)) == []
    assert texts(await find("cats", owner=BOB, documents=[document.id])) == []
    assert texts(await find("cats", owner=ALICE, documents=[])) == []
    assert len(texts(await find("cats", owner=ALICE, documents=[document.id]))) == 3


async def test_a_short_question_is_stemmed_as_the_documents_are(database: MemoryDatabase) -> None:
    await stored(database, language="de")
    assert TEXTS[2] in texts(await search(database)("Stocks", owner=ALICE))


@pytest.mark.parametrize("question", ["", " \n", "x" * 10_001])
async def test_a_question_that_is_none_is_refused(database: MemoryDatabase, question: str) -> None:
    with pytest.raises(InvalidInput, match="q"):
        await search(database)(question, owner=ALICE)


async def test_words_that_are_none_find_nothing(database: MemoryDatabase) -> None:
    await stored(database)
    assert (await search(database)("?!…", owner=ALICE)).found == ()
