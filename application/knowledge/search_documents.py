"""Find what documents say about a question: by words, by meaning, and in the order of a model that reads both."""

from collections.abc import Collection
from dataclasses import dataclass

from application.knowledge.models_in_time import ModelsInTime
from application.ports.metering import Charge
from application.ports.stemmer import Stemmer
from application.ports.storage import BeginRead, ReadTransaction
from application.ports.vector_index import Generation
from domain.access import OwnerId
from domain.conversation import checked_text
from domain.knowledge import DocumentId
from domain.retrieval.findings import Findings, candidates, found_in, reordered
from domain.retrieval.fusion import language_asked_in, weight_of_vectors
from domain.retrieval.language import language_of
from domain.retrieval.query import Query, query_of
from domain.usage import Purpose

CANDIDATES = 100
RERANKED = 30
QUESTION_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocuments:
    read: BeginRead
    stemmer: Stemmer
    models: ModelsInTime

    async def __call__(
        self,
        question: str,
        *,
        owner: OwnerId,
        documents: Collection[DocumentId] | None = None,
        limit: int = 5,
        quotes: bool = True,
        charge: Charge | None = None,
    ) -> Findings:
        """At most `limit` passages of the owner's, of these documents when given; words always, vectors if they help.

        `charge` says on whose account the question is embedded: the owner's without it.
        What the question quotes has to stand in them, unless `quotes` is False. Raise InvalidInput for a question that
        is empty or too long, or StorageUnavailable. A model that fails or is late is a problem in the findings.
        """
        charge = charge or Charge(owner=owner, purpose=Purpose.SEARCH)
        checked_text(question, field="q", longest=QUESTION_CHARACTERS)
        async with self.read() as tx:
            query, asked_in = await self._query(tx, question, owner, quotes)
            hits = await tx.search.find(query, owner=owner, documents=documents, limit=CANDIDATES)
            by_words = {hit.id: hit.coverage for hit in hits}
            generation = await _current(tx)
        weight = weight_of_vectors(generation.model, asked_in) if generation else 0.0
        asks_model = generation if weight else None
        vector, unembedded = await self.models.vector(question, asks_model, charge)
        async with self.read() as tx:
            by_meaning = {}
            if generation and vector:
                near = await tx.vectors.find(generation, vector, owner=owner, documents=documents, limit=CANDIDATES)
                by_meaning = {hit.id: hit.similarity for hit in near if hit.id in by_words or not query.phrases}
            best = candidates(by_words, by_meaning, weight)[: max(limit, RERANKED if self.models.reranker else 0)]
            found = found_in(best, await tx.search.passages([one.id for one in best], owner=owner))
        places, unordered = await self.models.order(question, [one.passage.chunk.shown for one in found])
        found = reordered(found, places) if places else found
        return Findings(tuple(found[:limit]), tuple(problem for problem in (unembedded, unordered) if problem))

    async def _query(self, tx: ReadTransaction, question: str, owner: OwnerId, quotes: bool) -> tuple[Query, str]:
        """The question's terms in the languages of the owner's documents, and the one that it is asked in."""
        languages = await tx.search.languages(owner=owner)
        asked_in = language_asked_in(language_of(question), languages)
        stems = [self.stemmer.stem_of(language) for language in sorted(languages | {asked_in})]
        return query_of(question, stems, quotes=quotes, language=asked_in), asked_in


async def _current(tx: ReadTransaction) -> Generation | None:
    return next((generation for generation in await tx.vectors.generations() if generation.is_current), None)
