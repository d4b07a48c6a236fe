"""Packing pieces into chunks, side by side and with an overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.reading import Span

FULL = 0.7
"""Full enough for a chunk to end with a paragraph instead of beginning the next."""


@dataclass(frozen=True, slots=True)
class Piece(Span):
    """What is not cut any further. With `ends_block` a paragraph ends here, or a list, or a block of code."""

    ends_block: bool = False


def packed(pieces: Sequence[Piece], size: int, overlap: int) -> list[Span]:
    """Spans of at most `size` characters, of whole pieces; each has at least one piece that the one before has not.

    The pieces adjoin one another and are no longer than `size`. A span takes as many as fit, or ends with a block when
    that leaves it full enough. The next begins with those pieces at its end that have at most `overlap` characters
    together, fewer when its first new piece needs the room.
    """
    found: list[Span] = []
    first = taken = 0
    while taken < len(pieces):
        start, last = pieces[first].start, taken
        while last < len(pieces) and pieces[last].end - start <= size:
            last += 1
        if last < len(pieces):
            last = _last_block(pieces, range(last, taken, -1), start + int(FULL * size)) or last
        end = pieces[last - 1].end
        found.append(Span(start, end))
        if last == len(pieces):
            break
        first = taken = last
        while end - pieces[first - 1].start <= overlap and pieces[last].end - pieces[first - 1].start <= size:
            first -= 1
    return found


def blocks(pieces: Iterable[Span]) -> list[Piece]:
    """The spans as pieces, each a block of its own."""
    return [Piece(piece.start, piece.end, True) for piece in pieces]


def _last_block(pieces: Sequence[Piece], ends: Iterable[int], at_least: int) -> int:
    """The first of `ends` before which a block ends, at `at_least` or behind; 0 when there is none."""
    for end in ends:
        if pieces[end - 1].end < at_least:
            return 0
        if pieces[end - 1].ends_block:
            return end
    return 0
