"""The lines of a PDF page, with where they stand and how they look."""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium

_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\r\n\ufffe]+\ufffe?")  # after a hyphen the engine does not say that the line ends
_FIXED_PITCH = 1
_FIXED_NAMES = re.compile(rb"courier|mono|consol|menlo|cmtt|typewriter", re.I)
_BOLD_NAMES = re.compile(rb"bold|black|heavy", re.I)
_LARGER, _BOLDER = 1.15, 150
_WIDE_LETTER = 0.6
_COLUMN_GAP = 0.9
"""In heights of a line: what parts the cells of a row. A space is a fourth of it, and hardly ever three fourths."""


@dataclass(frozen=True, slots=True)
class Body:
    """How most of the text of a document looks: what differs stands out."""

    size: float
    weight: int

    def is_outdone_by(self, line: "Line") -> bool:
        return line.size > _LARGER * self.size or (self.is_lighter_than(line) and line.size > self.size / _LARGER)

    def is_lighter_than(self, line: "Line") -> bool:
        return line.weight >= self.weight + _BOLDER


@dataclass(slots=True)
class Cell:
    """Words with no wide gap between them."""

    text: str
    left: float
    right: float


@dataclass(slots=True)
class Line:
    """`base` is what its letters stand on, rising up the page, in points; `size` is the height of their font.

    `page` counts from 0.
    """

    page: int
    text: str
    left: float
    right: float
    base: float
    size: float
    weight: int
    is_fixed: bool
    cells: list[Cell] = field(default_factory=list)


def body_of(lines: Iterable[Line]) -> Body:
    """The looks of most characters."""
    looks = Counter[tuple[float, int]]()
    for line in lines:
        looks[round(2 * line.size) / 2, line.weight] += len(line.text)
    size, weight = looks.most_common(1)[0][0] if looks else (1.0, 400)
    return Body(size, weight)


def lines_of(page: pypdfium2.PdfPage, number: int) -> list[Line]:
    """In the order in which the page says them, which its writer chose; mostly that in which they are read.

    The engine is told to turn the page until most of its text is level, because it says what it takes for sideways in
    another order.
    """
    page.set_rotation(0)
    turned = Counter[int]()
    lines = _lines_as_they_are(page, number, turned)
    if turned and (turns := turned.most_common(1)[0][0]):
        page.set_rotation(90 * turns)
        lines = _lines_as_they_are(page, number, turned)
    return lines


def _lines_as_they_are(page: pypdfium2.PdfPage, number: int, turned: Counter[int]) -> list[Line]:
    text_page = page.get_textpage()
    try:
        return list(_PageText(text_page, number, turned).lines())
    finally:
        text_page.close()


class _PageText:
    """The characters of a page, by number."""

    def __init__(self, text_page: pypdfium2.PdfTextPage, number: int, turned: Counter[int]) -> None:
        self._page = text_page
        self._turned = turned  # how many lines are turned by how many right angles
        self._number = number
        count = text_page.count_chars()
        text = text_page.get_text_range() if count else ""
        if len(text) != count:  # the two are numbered alike but where a character is two units, or none
            text = "".join(_letter(pdfium.FPDFText_GetUnicode(text_page, at)) for at in range(count))
        self._text = text
        self._box = tuple(ctypes.c_double() for _ in range(4))

    def lines(self) -> Iterator[Line]:
        for found in _LINE.finditer(self._text):
            if found[0].strip():
                yield self._line(found.start(), found.end())

    def _line(self, start: int, end: int) -> Line:
        words = list(_WORD.finditer(self._text, start, end))
        typical = [word.start() for word in words if len(word[0]) > 2] or [words[0].start()]  # no bullet, no note
        at = typical[0]
        turns = round(pdfium.FPDFText_GetCharAngle(self._page, at) / (math.pi / 2)) % 4
        self._turned[turns] += 1
        size = max(self._size(at, turns), self._size(typical[-1], turns))  # a line may begin in small capitals
        cells: list[Cell] = []
        for word in words:
            for text, left, right in self._pieces(word, size, turns):
                if cells and left - cells[-1].right < _COLUMN_GAP * size:
                    cells[-1].text += " " + text
                    cells[-1].right = max(right, cells[-1].right)
                else:
                    cells.append(Cell(text, left, right))
        return Line(
            page=self._number,
            text=" ".join(cell.text for cell in cells),
            left=cells[0].left,
            right=cells[-1].right,
            base=self._base(at, turns),
            size=size,
            weight=self._weight(words[0].start(), words[-1].end() - 1),
            is_fixed=self._is_fixed(at),
            cells=cells,
        )

    def _pieces(self, word: re.Match[str], size: float, turns: int) -> Iterator[tuple[str, float, float]]:
        """The word and its sides; two of them where it is so wide that the engine has overlooked a gap."""
        left, right = self._sides(word.start(), turns)[0], self._sides(word.end() - 1, turns)[1]
        first = word.start()
        if right - left > (_WIDE_LETTER * len(word[0]) + _COLUMN_GAP / 2) * size:
            before = self._sides(first, turns)[1]
            for at in range(word.start() + 1, word.end()):
                begin, end = self._sides(at, turns)
                if begin - before > _COLUMN_GAP * size:
                    yield self._text[first:at], left, before
                    first, left = at, begin
                before = end
        yield self._text[first : word.end()], left, max(left, right)

    def _sides(self, at: int, turns: int) -> tuple[float, float]:
        """Where a character begins and ends when the page is turned until its line is level."""
        left, right, bottom, top = self._box
        pdfium.FPDFText_GetCharBox(self._page, at, left, right, bottom, top)
        first, last = (bottom.value, top.value) if turns % 2 else (left.value, right.value)
        return (first, last) if turns < 2 else (-last, -first)

    def _base(self, at: int, turns: int) -> float:
        x, y = self._box[:2]
        pdfium.FPDFText_GetCharOrigin(self._page, at, x, y)
        base = x.value if turns % 2 else y.value
        return float(base if turns in (0, 3) else -base)

    def _size(self, at: int, turns: int) -> float:
        box = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self._page, at, box)
        size = box.right - box.left if turns % 2 else box.top - box.bottom
        return max(abs(float(size)), 0.1)

    def _weight(self, first: int, last: int) -> int:
        """Of the lighter end: a line that only begins in bold is not bold."""
        return min(self._weight_of(first), self._weight_of(last))

    def _weight_of(self, at: int) -> int:
        name, _ = self._font(at)
        return max(int(pdfium.FPDFText_GetFontWeight(self._page, at)), 700 if _BOLD_NAMES.search(name) else 0)

    def _is_fixed(self, at: int) -> bool:
        name, flags = self._font(at)
        return bool(flags & _FIXED_PITCH) or bool(_FIXED_NAMES.search(name))

    def _font(self, at: int) -> tuple[bytes, int]:
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self._page, at, name, len(name), flags)
        return name.value, flags.value


def _letter(code: int) -> str:
    return chr(code) if code and code <= 0x10FFFF else " "
