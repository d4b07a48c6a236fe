"""The blocks of a text: what a blank line sets apart, and which of them should not be torn."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from domain.chunking.code import code_pieces
from domain.chunking.packing import Piece
from domain.chunking.sentences import sentences
from domain.chunking.words import words
from domain.reading import Span

_BLANK_LINE = re.compile(r"\n[^\S\n]*+(?:\n[^\S\n]*+)++")
_ITEM = re.compile(r"^[^\S\n]{0,12}(?:[-*+•‣◦▪·–]|\d{1,3}[.)]|\(?[a-zA-Z0-9]{1,3}\))[^\S\n]+(?=\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts a text into the pieces that chunks are packed from; `code` is in order and does not overlap."""

    text: str
    code: tuple[Span, ...]
    size: int

    def pieces(self, start: int, end: int) -> list[Piece]:
        """Pieces of at most `size` characters that together are everything from `start` to `end`.

        A code block and a paragraph with a list are one piece when they fit; otherwise code is cut at its seams, a list
        between its items and a paragraph between its sentences.
        """
        found: list[Piece] = []
        at, number = start, bisect_right(self.code, start, key=lambda block: block.end)
        while number < len(self.code) and self.code[number].start < end:
            block = self.code[number]
            found += self._prose(at, block.start)
            at = min(end, block.end)
            found += _as_block(code_pieces(self.text, max(start, block.start), at, self.size))
            number += 1
        found += self._prose(at, end)
        return found

    def _prose(self, start: int, end: int) -> Iterator[Piece]:
        for paragraph in paragraphs(self.text, start, end):
            yield from _as_block(list(self._parts(paragraph)))

    def _parts(self, paragraph: Span) -> Iterator[Span]:
        items = [item.start() for item in _ITEM.finditer(self.text, paragraph.start, paragraph.end)]
        if items and paragraph.end - paragraph.start <= self.size:
            yield paragraph
            return
        for first, last in pairwise(sorted({paragraph.start, *items, paragraph.end})):
            for sentence in sentences(self.text, first, last):
                yield from words(self.text, sentence, self.size)


def _as_block(parts: list[Span]) -> Iterator[Piece]:
    for number, part in enumerate(parts, start=1):
        yield Piece(part.start, part.end, ends_block=number == len(parts))


def paragraphs(text: str, start: int, end: int) -> list[Span]:
    """What blank lines set apart, each with the blank lines that follow it."""
    seams = [blank.end() for blank in _BLANK_LINE.finditer(text, start, end)]
    return [Span(first, last) for first, last in pairwise([start, *seams, end]) if first < last]
