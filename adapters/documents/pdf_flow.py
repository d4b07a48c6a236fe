"""From the lines of a PDF to text that reads on: paragraphs, headings, tables and code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from adapters.documents.draft import Draft
from adapters.documents.pdf_headings import headings_of
from adapters.documents.pdf_joints import Joints
from adapters.documents.pdf_lines import Body, Line
from adapters.documents.pdf_tables import FoundTable, continued, tables_of

_LEADERS = re.compile(r"(?:\s?\.){5,}")
_ACCENT = re.compile(r"(?<=[A-Za-z])[\u02c6\u02dc\xa8\xb8]")  # set after its letter instead of on it
_COMBINING = {"\u02c6": "\u0302", "\u02dc": "\u0303", "\xa8": "\u0308", "\xb8": "\u0327"}
_CODE_LINES = 2
_DEEPEST_INDENT = 60


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class _Code:
    lines: Sequence[Line]


def write_pages(pages: Sequence[Sequence[Line]], body: Body, draft: Draft) -> None:
    """Write all pages; a title that the draft does not have yet is the first heading of the highest level."""
    tables = [list(tables_of(page, body)) for page in pages]
    for (above, page), (below, _) in pairwise(zip(tables, pages, strict=True)):
        if above and below and above[-1].last == len(page) and below[0].first == 0:
            below[0] = continued(above[-1], below[0])
    prose = [line for page, found in zip(pages, tables, strict=True) for line in _outside(page, found)]
    headings = {id(lines[0]): _Heading(level, lines) for level, lines in headings_of(prose, body)}
    writer = _Writer(draft, Joints(prose))
    for number, (page, found) in enumerate(zip(pages, tables, strict=True)):
        for part in _parts(page, found, headings):
            writer.write(part, number)
    writer.end(len(pages))
    first = min(headings.values(), key=lambda heading: heading.level, default=None)
    if first is not None and not draft.title:
        draft.title = " ".join(line.text for line in first.lines)


def _outside(page: Sequence[Line], tables: Sequence[FoundTable]) -> Iterator[Line]:
    at = 0
    for table in tables:
        yield from page[at : table.first]
        at = table.last
    yield from page[at:]


def _parts(
    page: Sequence[Line], tables: Sequence[FoundTable], headings: dict[int, _Heading]
) -> Iterator[Line | FoundTable | _Heading | _Code]:
    at = 0
    for table in (*tables, None):
        end = len(page) if table is None else table.first
        yield from _prose_parts(page[at:end], headings)
        if table is not None:
            yield table
            at = table.last


def _prose_parts(lines: Sequence[Line], headings: dict[int, _Heading]) -> Iterator[Line | _Heading | _Code]:
    for is_fixed, group in groupby(lines, key=lambda line: line.is_fixed):
        together = list(group)
        if is_fixed and len(together) >= _CODE_LINES:
            yield _Code(together)
            continue
        of_heading = 0
        for line in together:
            if heading := headings.get(id(line)):
                yield heading
                of_heading = len(heading.lines)
            if of_heading:
                of_heading -= 1
            else:
                yield line


@dataclass(slots=True)
class _Writer:
    """Holds the last line back until it is known how it goes on. A page begins where its first text does."""

    draft: Draft
    joints: Joints
    _above: Line | None = None
    _held: str = ""
    _pages: int = 0

    def write(self, part: Line | FoundTable | _Heading | _Code, page: int) -> None:
        if isinstance(part, Line):
            self._write_line(part)
            return
        self._flush()
        self._turn_to(page)
        match part:
            case FoundTable():
                self.draft.table(part.header, part.body, part.caption)
            case _Heading():
                self.draft.heading(" ".join(_shown(line.text) for line in part.lines), part.level)
            case _Code():
                self.draft.code("\n".join(_indented(part.lines)))

    def end(self, pages: int) -> None:
        self._flush()
        self._turn_to(pages - 1)

    def _write_line(self, line: Line) -> None:
        if self._above is None:
            self._turn_to(line.page)
            self.draft.block("")
        else:
            cut, between = self.joints.between(self._above, line)
            self.draft.add(self._held[: len(self._held) - cut] + between)
            self._turn_to(line.page)
        self._above, self._held = line, _shown(line.text)

    def _flush(self) -> None:
        self.draft.add(self._held)
        self._above, self._held = None, ""

    def _turn_to(self, page: int) -> None:
        while self._pages <= page:
            self.draft.page()
            self._pages += 1


def _shown(text: str) -> str:
    text = _LEADERS.sub(" ... ", text)
    return _ACCENT.sub(lambda accent: _COMBINING[accent[0]], text)


def _indented(lines: Sequence[Line]) -> Iterator[str]:
    """What stands further to the right, and further from its neighbour, by as many blanks."""
    left = min(line.left for line in lines)
    longest = max((cell for line in lines for cell in line.cells), key=lambda cell: len(cell.text))
    letter = max(0.1, (longest.right - longest.left) / len(longest.text))  # all are as wide
    for line in lines:
        text = ""
        for cell in line.cells:
            column = min(round((cell.left - left) / letter), _DEEPEST_INDENT + len(text))
            text = text.ljust(max(column, len(text) + 1 if text else 0)) + cell.text
        yield text
