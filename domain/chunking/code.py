"""Cutting code, and anything else that is indented: at the largest seams first."""

from collections.abc import Iterator
from itertools import pairwise

from domain.chunking.words import words
from domain.reading import Span

_LEVELS = 5


def code_pieces(text: str, start: int, end: int, size: int) -> list[Span]:
    """Pieces of at most `size` characters that together are everything from `start` to `end`.

    A piece that fits is left whole. One that does not is cut where the outermost definitions begin; what still does not
    fit at blank lines, then at lines that are not indented, then between any lines, then between words. Small
    neighbours stay together.
    """
    seams = list(_seams(text, start, end))
    return [piece for span in _cut(seams, Span(start, end), size, 0) for piece in words(text, span, size)]


def _cut(seams: list[tuple[int, int]], whole: Span, size: int, level: int) -> list[Span]:
    if whole.end - whole.start <= size or level == _LEVELS:
        return [whole] if whole.start < whole.end else []
    here = [at for at, weight in seams if weight <= level and whole.start < at < whole.end]
    found: list[Span] = []
    cursor = 0
    for first, last in pairwise([whole.start, *here, whole.end]):
        begin = cursor
        while cursor < len(seams) and seams[cursor][0] < last:
            cursor += 1
        found += _cut(seams[begin:cursor], Span(first, last), size, level + 1)
    return list(_joined(found, size))


def _joined(pieces: list[Span], size: int) -> Iterator[Span]:
    """Neighbours become one for as long as that fits."""
    kept: Span | None = None
    for piece in pieces:
        if kept is not None and piece.end - kept.start <= size:
            kept = Span(kept.start, piece.end)
            continue
        if kept is not None:
            yield kept
        kept = piece
    if kept is not None:
        yield kept


def _seams(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The start of every line and its weight, from 0 for the largest seam down to 4."""
    at, after_blank = start, True
    for line in text[start:end].splitlines(keepends=True):
        content = line.lstrip()
        if content and at > start:
            outermost = content[0] == line[0] and content[0] not in ")]}"
            yield at, _weight(outermost, after_blank, len(line) - len(content))
        after_blank = not content
        at += len(line)


def _weight(outermost: bool, after_blank: bool, indent: int) -> int:
    if outermost:
        return 0 if after_blank else 2
    if after_blank:
        return 1
    return 3 if indent <= _LEVELS else 4
