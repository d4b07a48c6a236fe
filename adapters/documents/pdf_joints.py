"""How one line of a PDF goes on in the next: in the same word, the same sentence, a new line or a new paragraph."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from adapters.documents.pdf_lines import Line

_SOFT_HYPHENS = "\ufffe\x02\xad"  # how the engine, or the file, tells a hyphen that only ends a line
_HYPHENS = "-\u2010"
_DASHES = "\u2011\u2013"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_PART = re.compile(r"[\w-]*\Z")
_FIRST_PART = re.compile(r"\w*")
_ENDED = re.compile(r"[.!?:;。！？：；]['\"”’»)\]]*\Z")
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_ITEM = re.compile(r"(?:[•‣◦▪·●○■□*]|[-–—]\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s)")
_LEADS = re.compile(r"(?:\s?\.){4,}\s*\S{1,6}\Z")  # to a page number
_INDENT = 0.8
_OTHER_COLUMN = 5.0
_OTHER_SIZE = 0.15
_FURTHER_APART = 1.35
_ITEMS_APART = 2.2

Joint = tuple[int, str]
"""How many characters the upper line loses at its end, and what is written between the two."""
_SPACE, _LINE, _PARAGRAPH = (0, " "), (0, "\n"), (0, "\n\n")


@dataclass(frozen=True, slots=True)
class Column:
    """Where the lines around begin and end."""

    left: float
    right: float


class Joints:
    """Knows the lines of a whole document: where its columns are, how far apart lines stand, and all its words."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._words = {word.lower() for line in lines for word in _WORD.findall(line.text)[:-1]}
        self._columns: dict[int, Column] = {}
        self._leading = _leading(lines)
        for run in _runs(lines):
            column = Column(min(line.left for line in run), max(line.right for line in run))
            self._columns.update((id(line), column) for line in run)

    def between(self, above: Line, below: Line) -> Joint:
        if self._is_apart(above, below, _ITEMS_APART if _ITEM.match(below.text) else _FURTHER_APART):
            return _PARAGRAPH
        if _ITEM.match(below.text) or _LEADS.search(above.text):
            return _LINE
        if (hyphen := self._hyphen(above.text, below.text)) is not None:
            return hyphen
        if above.base <= below.base or above.page != below.page:  # on to the next column or page
            return _PARAGRAPH if _ENDED.search(above.text) or self._is_indented(below) else _space(above, below)
        if self._is_indented(below) and not self._is_indented(above) and not _ITEM.match(above.text):
            return _PARAGRAPH
        if self._had_room(above, below):
            return _PARAGRAPH if _ENDED.search(above.text) else _LINE
        return _space(above, below)

    def _is_apart(self, above: Line, below: Line, leadings: float) -> bool:
        """In other letters, or further below than lines are."""
        if abs(above.size - below.size) > _OTHER_SIZE * above.size:
            return True
        return above.page == below.page and above.base - below.base > leadings * self._leading * below.size

    def _is_indented(self, line: Line) -> bool:
        return line.left - self._columns[id(line)].left > _INDENT * line.size

    def _had_room(self, above: Line, below: Line) -> bool:
        """The line ended though the first word of the next would have fitted: somebody wanted it to end."""
        letter = (below.right - below.left) / max(1, len(below.text))
        first_word = len(below.text.split(maxsplit=1)[0])
        return self._columns[id(above)].right - above.right > (first_word + 1) * letter

    def _hyphen(self, above: str, below: str) -> Joint | None:
        """None when the upper line does not end within a word."""
        last = above[-1]
        if last == "/" or (last in _DASHES and below[0].isalnum() and above[-2:-1].isalnum()):
            return 0, ""
        if last not in _SOFT_HYPHENS + _HYPHENS or not above[-2:-1].isalpha() or not below[0].isalpha():
            return None
        if last in _HYPHENS and not below[0].islower():
            return 0, ""
        first, second = (_LAST_PART.search(above[:-1]), _FIRST_PART.match(below))
        parts = (first[0] if first else "", second[0] if second else "")
        return (1, "-") if self._keeps_hyphen(*parts) else (1, "")

    def _keeps_hyphen(self, first: str, second: str) -> bool:
        """As the rest of the document writes it; else as most words are that a hyphen ends a line in."""
        whole, hyphened = (first + second).lower(), f"{first}-{second}".lower()
        if whole in self._words or hyphened in self._words:
            return whole not in self._words
        return "-" in first or (len(first) > 1 and first.isupper()) or not second.islower()


def _space(above: Line, below: Line) -> Joint:
    return (0, "") if _UNSPACED.match(above.text[-1]) and _UNSPACED.match(below.text[0]) else _SPACE


def _runs(lines: Sequence[Line]) -> Iterable[list[Line]]:
    """Lines that stand under one another in letters of one size."""
    run: list[Line] = []
    for line in lines:
        if run and not _is_below(run[-1], line):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _is_below(above: Line, below: Line) -> bool:
    return (
        above.page == below.page
        and above.base > below.base
        and abs(above.left - below.left) < _OTHER_COLUMN * above.size
        and abs(above.size - below.size) <= _OTHER_SIZE * above.size
    )


def _leading(lines: Sequence[Line]) -> float:
    """How far below one another most lines stand, in heights of a line."""
    steps = [(one.base - other.base) / other.size for one, other in pairwise(lines) if _is_below(one, other)]
    return median(steps) if steps else 1.2
