"""Cutting where the topic shifts, as vectors of the sentences tell."""

from collections.abc import Iterator, Sequence
from math import sqrt

from domain.chunking.packing import Piece, packed
from domain.chunking.settings import ChunkSettings
from domain.reading import Span

WINDOW = 3
SHIFTS = 0.15
"""So many of the places between sentences are taken for shifts: those where it shifts the most."""

Vector = Sequence[float]


def semantic_spans(pieces: Sequence[Piece], vectors: Sequence[Vector], settings: ChunkSettings) -> Iterator[Span]:
    """Spans that end where the WINDOW pieces before are least like the WINDOW pieces after.

    `vectors` has one for each of `pieces`. What would be shorter than a fourth of a chunk goes on to the next shift;
    what is too long is packed as usual. The method is that of TextTiling (Hearst 1997), with vectors for words.
    """
    unlike = _unlikeness(vectors)
    least = sorted(unlike, reverse=True)[int(len(unlike) * SHIFTS)] if unlike else 0.0
    shifts = [at + 1 for at, value in enumerate(unlike) if value > least and _is_peak(unlike, at)]
    start = 0
    for end in (*shifts, len(pieces)):
        if end == len(pieces) or pieces[end - 1].end - pieces[start].start >= settings.size // 4:
            yield from packed(pieces[start:end], settings.size, settings.overlap)
            start = end


def _unlikeness(vectors: Sequence[Vector]) -> list[float]:
    """Between each two neighbours: 1 minus the cosine of the sums of what stands before and after."""
    return [
        1.0 - _cosine(_total(vectors[max(0, at - WINDOW) : at]), _total(vectors[at : at + WINDOW]))
        for at in range(1, len(vectors))
    ]


def _is_peak(values: Sequence[float], at: int) -> bool:
    return values[at] == max(values[max(0, at - 1) : at + 2])


def _total(vectors: Sequence[Vector]) -> list[float]:
    return [sum(numbers) for numbers in zip(*vectors, strict=True)]


def _cosine(one: Vector, other: Vector) -> float:
    lengths = sqrt(sum(x * x for x in one)) * sqrt(sum(y * y for y in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / lengths if lengths else 0.0
