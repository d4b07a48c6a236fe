"""Scores of a reranker: in the order of the passages, whatever dialect and order the server has."""

from collections.abc import Callable

import msgspec
import pytest

from adapters.openai.reranker import OpenAIReranker
from adapters.openai.server import OpenAIServer
from domain.errors import ProviderAnswerInvalid, ProviderOverloaded
from tests.support.provider import Script, ScriptedProvider

DIALECTS = {
    "Cohere": {"results": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": -1}]},
    "Voyage": {"object": "list", "data": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": -1}]},
    "others": {"results": [{"index": 1, "score": 0.9, "document": {"text": "b"}}, {"index": 0, "score": -1}]},
}
BROKEN = {
    "no JSON": "no JSON",
    "no object": "[]",
    "one missing": '{"results": [{"index": 0, "score": 1}]}',
    "one without a score": '{"results": [{"index": 0, "score": 1}, {"index": 1}]}',
    "another's place": '{"results": [{"index": 0, "score": 1}, {"index": 2, "score": 1}]}',
}


@pytest.fixture
def reranker(connect: Callable[..., OpenAIServer]) -> OpenAIReranker:
    return OpenAIReranker(connect(), model="scripted-reranker")


@pytest.mark.parametrize("answer", DIALECTS.values(), ids=DIALECTS)
async def test_scores_come_in_the_order_of_the_passages(
    reranker: OpenAIReranker, provider: ScriptedProvider, answer: object
) -> None:
    provider.default = Script(raw=msgspec.json.encode(answer).decode(), content_type="application/json")
    assert await reranker.scores("question?", ["a", "b"]) == [-1, 0.9]
    (call,) = provider.calls
    assert call.path.endswith("/rerank")
    assert call.body["query"] == "question?"
    assert call.body["documents"] == ["a", "b"]
    assert call.body["model"] == "scripted-reranker"


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
async def test_an_answer_that_does_not_score_every_passage_is_none(
    reranker: OpenAIReranker, provider: ScriptedProvider, answer: str
) -> None:
    provider.default = Script(raw=answer, content_type="application/json")
    with pytest.raises(ProviderAnswerInvalid):
        await reranker.scores("question?", ["a", "b"])


async def test_a_refusal_is_in_our_words(reranker: OpenAIReranker, provider: ScriptedProvider) -> None:
    provider.default = Script(status=429)
    with pytest.raises(ProviderOverloaded):
        await reranker.scores("question?", ["a"])


async def test_nothing_to_rank_is_no_call(reranker: OpenAIReranker, provider: ScriptedProvider) -> None:
    assert await reranker.scores("question?", []) == []
    assert provider.calls == []
