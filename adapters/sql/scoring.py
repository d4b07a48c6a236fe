"""BM25 over blocks of postings: the sums of `domain/retrieval/ranking.py`, for all chunks of a term at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.sql.blocks import Entries, entries_in, positions_in
from application.ports.search_index import WordHit
from domain.knowledge import ChunkId
from domain.retrieval.query import Query, Variants, Word
from domain.retrieval.ranking import K1, B

Floats = NDArray[np.float64]
Keys = NDArray[np.int64]

BEHIND_POSITIONS = 2**17
"""More than any position of a word in a chunk or in a phrase: what a chunk's number is multiplied with in a key."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of the index for one query: the blocks of each term, and numbers that bound what may be found."""

    weights: Mapping[Word, float]
    total_weight: float
    average_length: float
    entries: Mapping[str, Sequence[bytes]]
    positions: Mapping[str, Sequence[bytes]]
    ranges: Sequence[tuple[int, int]] | None = None


def ranked(found: Found, query: Query, limit: int) -> list[WordHit]:
    """The best chunks, best first, of equals the one with the lower number."""
    read = {word: _entries_of(found, word.variants) for word in found.weights}
    highest = max((int(entries["number"].max()) for entries in read.values() if len(entries)), default=0)
    scores, matched = np.zeros(highest + 1), np.zeros(highest + 1)
    for word, weight in found.weights.items():
        entries = read[word]
        times, lengths = entries["times"].astype(np.float64), entries["length"]
        share = times * (K1 + 1) / (times + K1 * (1 - B + B * lengths / found.average_length))
        scores[entries["number"]] += weight * share
        matched[entries["number"]] += weight
    candidates = np.flatnonzero(_allowed(found, query, scores))
    best = _highest(scores, candidates, limit)
    return [WordHit(ChunkId(int(n)), float(scores[n]), float(matched[n] / found.total_weight)) for n in best]


def _entries_of(found: Found, variants: Variants) -> Entries:
    """The chunks with any of the variants, each once."""
    blobs = {term: found.entries[term] for term in variants if term in found.entries}
    entries = entries_in(blob for term in blobs for blob in blobs[term])
    if len(blobs) < 2:
        return entries
    _, places, which = np.unique(entries["number"], return_index=True, return_inverse=True)
    united = entries[places]
    united["times"] = np.minimum(np.bincount(which, entries["times"]), 2**16 - 1)
    return united


def _allowed(found: Found, query: Query, scores: Floats) -> NDArray[np.bool_]:
    """Which chunks have a word, stand within the ranges and have every phrase."""
    allowed = scores > 0
    if found.ranges is not None:
        inside = np.zeros_like(allowed)
        for first, last in found.ranges:
            inside[first : last + 1] = True
        allowed &= inside
    for phrase in query.phrases:
        has = np.zeros_like(allowed)
        chunks = _chunks_with(found, phrase)
        has[chunks[chunks < len(has)]] = (
            True  # words that are everywhere are not scored, and may stand behind those that are
        )
        allowed &= has
    return allowed


def _chunks_with(found: Found, phrase: Sequence[Variants]) -> Keys:
    """The numbers of the chunks where the words of the phrase stand in a row."""
    wanted = _chunks_with_all(found, phrase)
    begins: Keys | None = None
    for place, variants in enumerate(phrase):
        keys = np.concatenate([_places(found, term, wanted) for term in sorted(variants)]) - place
        begins = keys if begins is None else np.intersect1d(begins, keys)
    return np.unique(begins // BEHIND_POSITIONS) if begins is not None else np.empty(0, np.int64)


def _chunks_with_all(found: Found, phrase: Sequence[Variants]) -> NDArray[np.bool_]:
    """By number, whether a chunk has every word of the phrase anywhere: few have, and no other is looked at."""
    numbers = [
        np.concatenate([entries_in(found.entries.get(term, ()))["number"] for term in sorted(variants)])
        for variants in phrase
    ]
    has_all = np.ones(max((int(some.max()) for some in numbers if len(some)), default=0) + 1, np.bool_)
    for some in numbers:
        has = np.zeros_like(has_all)
        has[some] = True
        has_all &= has
    return has_all


def _places(found: Found, term: str, wanted: NDArray[np.bool_]) -> Keys:
    """Where the term stands in the wanted chunks: a chunk's number times BEHIND_POSITIONS, and the position."""
    entries = entries_in(found.entries.get(term, ()))
    within = wanted[entries["number"]]
    places = positions_in(found.positions.get(term, ()))[np.repeat(within, entries["times"])]
    numbers = np.repeat(entries["number"][within].astype(np.int64), entries["times"][within])
    keys: Keys = numbers * BEHIND_POSITIONS + places + BEHIND_POSITIONS // 2
    return keys


def _highest(scores: Floats, candidates: Keys, limit: int) -> Keys:
    if len(candidates) > limit:
        least = np.partition(scores[candidates], len(candidates) - limit)[len(candidates) - limit]
        candidates = candidates[scores[candidates] >= least]
    order = np.lexsort((candidates, -scores[candidates]))
    best: Keys = candidates[order][:limit]
    return best
