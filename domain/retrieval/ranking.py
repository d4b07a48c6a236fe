"""BM25: how well a chunk answers to words, from how often they stand in it and how rare they are elsewhere.

S. Robertson, H. Zaragoza: "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), equation 3.15 with
k1 = 1.2 and b = 0.75; the weight of a rare word as in Lucene, ln(1 + (N - n + 0.5) / (n + 0.5)), which is never
negative, so that a word that is everywhere still finds something in three chunks.
"""

from collections.abc import Mapping, Sequence
from math import log

from domain.retrieval.query import Query, Word

K1 = 1.2
B = 0.75
COMMON_SHARE = 0.5
COMMON_FROM_CHUNKS = 1_000
"""Of so many chunks, a word in more than that share says nothing about any: it is not looked up beside rarer words."""


def rarity(found_in: int, chunks: int) -> float:
    """The weight of a word that stands in `found_in` of an owner's `chunks`."""
    return log(1 + (chunks - found_in + 0.5) / (found_in + 0.5))


def saturation(times: float, length: int, average_length: float) -> float:
    """From 0 to K1 + 1, how much a word counts that stands `times` in a chunk of `length` words."""
    return times * (K1 + 1) / (times + K1 * (1 - B + B * length / average_length))


def weights(query: Query, found_in: Mapping[str, int], chunks: int) -> dict[Word, float]:
    """The words that are looked up, each with its weight; `found_in` says of each term in how many chunks it is.

    The variants of a word are one word: together as rare as they are in all.
    """
    counts = {word: min(sum(found_in.get(term, 0) for term in word.variants), chunks) for word in query.words}
    present = [word for word, count in counts.items() if count]
    most = COMMON_SHARE * chunks if chunks >= COMMON_FROM_CHUNKS else chunks
    telling = [word for word in present if counts[word] <= most]
    return {word: word.times * rarity(counts[word], chunks) for word in telling or present}


def total_weight(query: Query, found_in: Mapping[str, int], chunks: int) -> float:
    """What a chunk with every telling word of the query would have, the words that stand in no chunk among them."""
    missing = [word for word in query.words if not any(found_in.get(term) for term in word.variants)]
    absent = sum(word.times * rarity(0, chunks) for word in missing)
    return absent + sum(weights(query, found_in, chunks).values())


def best(scores: Mapping[int, float], limit: int) -> Sequence[tuple[int, float]]:
    """The highest first; of equals the one with the lower number."""
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
