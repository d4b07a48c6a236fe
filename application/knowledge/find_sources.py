"""Find what an answer can rest on: small documents whole, of others the passages that say most about the question."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.knowledge.search_documents import QUESTION_CHARACTERS, SearchDocuments
from application.ports.metering import Charge
from application.ports.storage import BeginRead
from domain.access import OwnerId
from domain.citation import Grounding
from domain.errors import DocumentNotFound
from domain.knowledge import DocumentStatus
from domain.prompt import CHARACTERS_PER_TOKEN
from domain.retrieval.passage import Passage, Source, numbered
from domain.run import Problem

MOST_WHOLE = 100
"""Passages that may go into a prompt without a search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSources:
    read: BeginRead
    search: SearchDocuments
    whole_tokens: int

    async def __call__(
        self, question: str, charge: Charge, *, grounding: Grounding, whole: Sequence[Passage] = ()
    ) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
        """The sources with their scores, and what part of the search could not be done; none if nothing is relevant.

        They are of the owner whom `charge` names. With `whole` these passages, in their order. Raise
        StorageUnavailable.
        """
        findings = await self.search(
            question[:QUESTION_CHARACTERS],
            owner=charge.owner,
            documents=grounding.documents,
            limit=max(grounding.passages, len(whole)),
            quotes=False,
            charge=charge,
        )
        scores = {found.passage.id: found.score for found in findings.found}
        relevant = [found.passage for found in findings.found] if findings.are_telling else []
        sources = numbered(whole or relevant)
        scored = tuple(Source(each.number, each.passage, scores.get(each.passage.id, 0.0)) for each in sources)
        return scored, findings.problems

    async def whole(self, *, owner: OwnerId, grounding: Grounding) -> list[Passage]:
        """All passages of the documents that are named, if these are ready and fit; none otherwise.

        Raise StorageUnavailable.
        """
        passages: list[Passage] = []
        room = self.whole_tokens * CHARACTERS_PER_TOKEN
        async with self.read() as tx:
            for id in grounding.documents or ():
                try:
                    document = await tx.documents.get(id, owner=owner)
                except DocumentNotFound:
                    continue
                if document.status is not DocumentStatus.READY or len(passages) + document.chunks > MOST_WHOLE:
                    return []
                passages += await tx.search.passages_of(id, owner=owner, limit=MOST_WHOLE)
                if sum(len(passage.chunk.shown) for passage in passages) > room:
                    return []
        return passages
