"""GET /search: what comes, in which order, and what is refused."""

import pytest

from entrypoints.container import Container
from entrypoints.doctor import report
from entrypoints.provider_set import CannotStart
from entrypoints.settings import Settings
from tests.support.app import Parley, parley
from tests.support.library import RIVERS, put

ODD = [
    '"',
    "'",
    "a:b AND (",
    "NEAR/2 *",
    "\\",
    "%_%",
    "((",
    "-",
    "[1]",
    "🦜",
    "' OR 1=1 --",
    '"unclosed',
    "\t",
    "a" * 1_990,
    "\U000fc655" * 1_990,
]


async def test_passages_come_with_where_they_stand(app: Parley) -> None:
    id = await put(app.container.database(), paged=True)
    await put(app.container.database(), "Cats sleep on mats.", name="cats.txt")
    found = (await app.http.get("/search", params={"q": "How long is the Nile river?", "top_k": 2})).json()
    assert found["query"] == "How long is the Nile river?"
    best, second = found["results"]
    start, end = best["start"], best["end"]
    assert best == {
        "chunk_id": best["chunk_id"],
        "text": RIVERS[start:end],
        "score": best["score"],
        "doc_id": id,
        "filename": "rivers.txt",
        "page": 2,
        "start": start,
        "end": end,
    }
    assert best["text"].startswith("The Nile has")
    assert best["score"] > second["score"] > 0
    assert found["problems"] == []


async def test_only_one_document_is_searched_and_none_of_nobodys(app: Parley) -> None:
    database = app.container.database()
    rivers, more = await put(database), await put(database, "A river of ice is a glacier.", name="ice.txt")
    found = (await app.http.get("/search", params={"q": "river", "doc_id": more})).json()
    assert {result["doc_id"] for result in found["results"]} == {more}
    assert rivers != more
    gone = await app.http.get("/search", params={"q": "river", "doc_id": 900})
    assert (gone.status_code, gone.json()["code"]) == (404, "document_not_found")


@pytest.mark.parametrize(
    ("params", "named", "bound"),
    [
        ({"q": ""}, "q", "1"),
        ({"q": "x" * 2_001}, "q", "2000"),
        ({"q": "x", "top_k": 0}, "top_k", "1"),
        ({"q": "x", "top_k": 51}, "top_k", "50"),
        ({"q": "x", "doc_id": 0}, "doc_id", "1"),
        ({}, "q", "required"),
        ({"q": "nul \x00"}, "q", "NUL"),
        ({"q": "  "}, "q", "empty"),
    ],
)
async def test_a_bound_is_named(app: Parley, params: dict[str, str], named: str, bound: str) -> None:
    refused = await app.http.get("/search", params=params)
    assert refused.status_code == 422
    [error] = refused.json()["detail"]
    assert error["loc"][-1] == named
    assert bound in error["msg"]


async def test_no_character_of_a_question_is_special(app: Parley) -> None:
    await put(app.container.database())
    for question in ODD:
        answer = await app.http.get("/search", params={"q": f"{question} river"})
        assert answer.status_code == 200, (question, answer.text)


async def test_an_embedder_that_is_away_leaves_the_words_and_a_word_on_it() -> None:
    async with parley(
        openai_api_key="sk-none", openai_base_url="http://127.0.0.1:9/v1", provider_attempts=1, search_seconds=1
    ) as app:
        database = app.container.database()
        await put(database)
        async with database.begin() as tx:
            await tx.vectors.generation("openai:text-embedding-3-small", 8)
            await tx.commit()
        found = (await app.http.get("/search", params={"q": "Nile"})).json()
        assert [problem["code"] for problem in found["problems"]] == ["provider_unavailable"]
        assert found["results"][0]["text"].startswith("The Nile")


async def test_a_reranker_that_is_away_leaves_the_order_and_one_that_cannot_be_is_refused_at_the_start() -> None:
    away = {"openai_api_key": "sk-none", "openai_base_url": "http://127.0.0.1:9/v1", "provider_attempts": 1}
    settings = {**away, "embedding_model": "demo:hashing", "rerank_model": "openai:reranker", "rerank_seconds": 2}
    async with parley(**settings) as app:
        await put(app.container.database())
        found = (await app.http.get("/search", params={"q": "Nile river"})).json()
        assert [problem["code"] for problem in found["problems"]] == ["provider_unavailable"]
        assert found["results"][0]["text"].startswith("The Nile")
        said, _ = await report(app.container)
        assert "reranked by openai:reranker within 2 s" in said
    with pytest.raises(CannotStart, match="PARLEY_RERANK_MODEL"):
        Container(settings=Settings(database_url="memory://", rerank_model="demo:parrot")).provider_set()
