"""What came of a search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.knowledge import ChunkId
from domain.retrieval.fusion import fused, trust
from domain.retrieval.passage import Passage
from domain.run import Problem

LEAST_COVERAGE = 0.2
LEAST_SIMILARITY = 0.3
"""Asked of documents that say it, 1 of 271 questions stayed below the first, and none below both with MiniLM's vectors;
of 545 asked of documents about something else, 0.81 and 0.78 did (docs/retrieval.md). A document that is about the
question and yet does not answer it is above both."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk and how well it answers, from 0 to 1.

    `coverage` is the share of the question's weight in words that it has; `similarity` the cosine of its vector to that
    of the question. Each is None where that half of the search did not find it.
    """

    id: ChunkId
    score: float
    coverage: float | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    passage: Passage
    score: float
    coverage: float | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """By falling score. `problems` say which part of the search could not be done; the rest was done without it."""

    found: tuple[Found, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def are_telling(self) -> bool:
        """Whether any of them has to do with the question, as far as scores can say; a model that reads them says more.

        Below both bounds there are words that are everywhere, and vectors as near as those of any two texts.
        """
        return any(
            (found.coverage or 0.0) >= LEAST_COVERAGE or (found.similarity or 0.0) >= LEAST_SIMILARITY
            for found in self.found
        )


def candidates(
    by_words: Mapping[ChunkId, float], by_meaning: Mapping[ChunkId, float], weight: float
) -> list[Candidate]:
    """Both halves of a search as one, best first: the coverages and the similarities, each best first itself.

    `weight` is how much the vectors count beside the words if they can be trusted; where they found nothing, nothing.
    """
    words, meaning = list(by_words), list(by_meaning)
    trusted = trust(words, by_meaning.keys(), by_words[words[0]]) if words else 1.0
    order = fused([half for half in ((words, 1.0), (meaning, weight * trusted)) if half[0]])
    return [Candidate(id, score, by_words.get(id), by_meaning.get(id)) for id, score in order.items()]


def found_in(candidates: Sequence[Candidate], passages: Iterable[Passage]) -> list[Found]:
    """The passages of the candidates; one that was deleted meanwhile is left out."""
    known = {passage.id: passage for passage in passages}
    return [Found(known[one.id], one.score, one.coverage, one.similarity) for one in candidates if one.id in known]


def reordered(found: Sequence[Found], places: Sequence[int]) -> list[Found]:
    """The found in another order, of their places, along which the scores fall as they did before."""
    return [replace(found[place], score=before.score) for place, before in zip(places, found, strict=True)]
