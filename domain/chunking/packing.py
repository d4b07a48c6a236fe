"""Packing pieces into chunks, side by side and with an overlap."""

from collections.abc import Sequence

from domain.reading import Span


def packed(pieces: Sequence[Span], size: int, overlap: int) -> list[Span]:
    """Spans of at most `size` characters, of whole pieces; each has at least one piece that the one before has not.

    The pieces adjoin one another and are no longer than `size`. A span takes as many as fit. The next begins with those
    pieces at its end that have at most `overlap` characters together, fewer when its first new piece needs the room.
    """
    found, first, following = [], 0, 0
    while following < len(pieces):
        while following < len(pieces) and pieces[following].end - pieces[first].start <= size:
            following += 1
        end = pieces[following - 1].end
        found.append(Span(pieces[first].start, end))
        if following == len(pieces):
            break
        first = following
        while end - pieces[first - 1].start <= overlap and pieces[following].end - pieces[first - 1].start <= size:
            first -= 1
    return found
