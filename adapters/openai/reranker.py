"""The rerankers of servers that speak Cohere's dialect beside OpenAI's: vLLM, LiteLLM, Jina, Voyage and others.

`POST rerank` with a query and documents; scores come back in any order, named by the place of their document.
"""

from collections.abc import Sequence
from math import isfinite

import msgspec

from adapters.openai.server import OpenAIServer
from application.ports.reranker import Reranker
from domain.errors import ProviderAnswerInvalid

ANSWER_BYTES = 16 * 1024 * 1024


class Result(msgspec.Struct):
    index: int
    relevance_score: float | None = None
    score: float | None = None

    @property
    def value(self) -> float | None:
        return self.score if self.relevance_score is None else self.relevance_score


class Listing(msgspec.Struct):
    results: list[Result] | None = None
    data: list[Result] | None = None


class OpenAIReranker(Reranker):
    def __init__(self, server: OpenAIServer, *, model: str) -> None:
        self._server = server
        self._address = server.address("rerank")
        self._model = model

    async def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        if not passages:
            return []
        body = {"model": self._model, "query": question, "documents": list(passages), "return_documents": False}
        answer = await self._server.post(self._address, msgspec.json.encode(body))
        try:
            raw = await answer.read_all(at_most_bytes=ANSWER_BYTES)
        finally:
            await answer.aclose()
        try:
            listing = msgspec.json.decode(raw, type=Listing)
        except (ValueError, RecursionError):
            raise self._invalid("it is not a list of scores") from None
        values = {result.index: result.value for result in listing.results or listing.data or ()}
        found = [values.get(place) for place in range(len(passages))]
        scores = [value for value in found if value is not None and isfinite(value)]
        if len(scores) != len(passages):
            raise self._invalid(f"there are {len(scores)} scores for {len(passages)} documents")
        return scores

    def _invalid(self, why: str) -> ProviderAnswerInvalid:
        return ProviderAnswerInvalid(self._server.provider, why)
