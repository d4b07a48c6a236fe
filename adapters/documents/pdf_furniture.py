"""Running heads, page numbers and other lines that every page repeats at its edge."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from adapters.documents.pdf_lines import Body, Line

_EDGE_LINES = 3
_PAGES = 3
_SHARE = 0.2
_SAME_HEIGHT = 3.0  # points
_HEADER_CELLS = 3
_FEW_LINES = 2 * _EDGE_LINES
_PAGE_NAMES = frozenset({"p", "page", "pagina", "página", "seite", "slide"})
_NUMBER = re.compile(r"\d{1,9}")
_ROMAN = re.compile(r"[ivxlc]{1,7}\Z")

Place = tuple[str, int]


def without_furniture(pages: Sequence[list[Line]], body: Body) -> list[list[Line]]:
    """The pages without what is sure to be repeated.

    That is a line among the three at the top or the bottom which stands at the same height on three pages or more, and
    on a fifth of all: heads differ between left and right pages, and between chapters. It says the same there, but for
    numbers that rise from page to page. The header of a table that goes on does not rise, and stays; so do the names of
    chapters that fill a page each, and everything on a page of few lines, such as a slide.
    """
    alike: dict[Place, list[Line]] = defaultdict(list)
    for lines in pages:
        for line, _ in _at_edges(lines):
            for place in _places(line):
                alike[place].append(line)
    enough = max(_PAGES, int(len(pages) * _SHARE))
    gone = {id(line) for group in alike.values() if len(group) >= enough for line in _repeated(group, enough)}
    heads = {id(line) for lines in pages for line, is_top in _at_edges(lines) if is_top and _is_header(line)}
    return [
        [line for line in lines if id(line) not in gone or id(line) in heads or _names_chapter(line, body)]
        if len(lines) > _FEW_LINES
        else lines
        for lines in pages
    ]


def _at_edges(lines: Sequence[Line]) -> Iterator[tuple[Line, bool]]:
    """The lines at the edges, and whether they are at the top."""
    by_height = sorted(lines, key=lambda line: line.base)
    for number, line in enumerate(by_height):
        if number < _EDGE_LINES or number >= len(by_height) - _EDGE_LINES:
            yield line, number >= len(by_height) // 2


def _is_header(line: Line) -> bool:
    """It may name the columns of a table: several cells, and no number that could be a page's."""
    return len(line.cells) >= _HEADER_CELLS and not _NUMBER.search(line.text)


def _names_chapter(line: Line, body: Body) -> bool:
    """It stands out and is short, as in "Chapter 3"."""
    name, _, rest = line.text.partition(" ")
    return body.is_outdone_by(line) and " " not in rest and name.isalpha() and name.lower() not in _PAGE_NAMES


def _places(line: Line) -> tuple[Place, Place]:
    """What it says without numbers, at two heights: of those next to one another one is the same."""
    form = "#" if _ROMAN.match(line.text) else _NUMBER.sub("#", line.text)
    height = line.base / _SAME_HEIGHT
    return (form, round(height)), (form + "½", round(height + 0.5))


def _repeated(group: Sequence[Line], enough: int) -> Iterable[Line]:
    """Those of a group that differ in nothing but numbers which rise with the pages."""
    numbers = [[int(number) for number in _NUMBER.findall(line.text)] for line in group]
    rising = [
        _commonest(number - line.page for number, line in zip(column, group, strict=True)) > _commonest(column)
        for column in zip(*numbers, strict=False)
    ]
    signs = [
        tuple(number - line.page if rises else number for number, rises in zip(row, rising, strict=False))
        for row, line in zip(numbers, group, strict=True)
    ]
    often = Counter(signs)
    return [line for line, sign in zip(group, signs, strict=True) if often[sign] >= enough]


def _commonest(values: Iterable[int]) -> int:
    return Counter(values).most_common(1)[0][1]
