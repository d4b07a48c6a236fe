"""Hold what an agent says to what its searches have found."""

from collections.abc import Collection
from dataclasses import dataclass

from application.knowledge.check_citations import CheckCitations
from application.knowledge.cited_answer import Append, CitedAnswer
from application.ports.stemmer import Stemmer
from application.ports.storage import BeginRead
from application.runs.patience import patiently
from application.runs.run_writer import RunWriter
from domain.access import OwnerId
from domain.citation import ChunkId
from domain.conversation import Part, citations_in
from domain.retrieval.language import language_of
from domain.retrieval.passage import Passage, Source
from domain.retrieval.search_result import found_by
from domain.run import answer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CiteFound:
    read: BeginRead
    stemmer: Stemmer
    check: CheckCitations

    async def __call__(
        self, owner: OwnerId, question: str, parts: tuple[Part, ...], append: Append
    ) -> "CitedStep | None":
        """For the next step, of an agent that has searched; None for one that has not. `parts` are settled.

        A model cites by the ids of the results; shown are numbers from 1 in the order in which the passages were found.
        Waits for a store that does not answer.
        """
        scores = found_by(parts)
        if scores is None:
            return None
        passages = {one.id: one for one in await patiently(lambda: self._passages(owner, scores))}
        sources = {
            int(id): Source(number, passages[id], score)
            for number, (id, score) in enumerate(scores.items(), 1)
            if id in passages
        }
        cited = {citation.number for citation in citations_in(parts)}
        stem = self.stemmer.stem_of(language_of(question))
        answer = CitedAnswer(append, sources, question, stem, cited=cited, may_find_nothing=False)
        return CitedStep(owner, answer, tuple(sources.values()), self.check)

    async def _passages(self, owner: OwnerId, ids: Collection[ChunkId]) -> list[Passage]:
        async with self.read() as tx:
            return await tx.search.passages(list(ids), owner=owner)


@dataclass(frozen=True, slots=True)
class CitedStep:
    """`answer` is what the model's words are handed to."""

    owner: OwnerId
    answer: CitedAnswer
    sources: tuple[Source, ...]
    check: CheckCitations

    async def finish(self, writer: RunWriter) -> None:
        """The model says no more in this step: what it cites is looked up."""
        self.answer.finish()
        if self.answer.has_cited and (checked := await self.check(self.owner, answer_of(writer.said), self.sources)):
            writer.append([checked])
