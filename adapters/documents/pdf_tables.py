"""Tables of a PDF page. The file says only where words stand: rows and columns are what is aligned."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.documents.draft import Row
from adapters.documents.pdf_grid import grid_of
from adapters.documents.pdf_lines import Body, Line

_MARKER = re.compile(r"(?:[^\w\s]|\(?\w{1,3}[.)])\Z")  # of an item in a list
_FEWEST_ROWS = 3
_PROSE = 32  # characters: two columns of cells that are longer on average are two columns of prose
_HEADER_ROWS = 3
_REACH = 3.0  # heights of a line between the rows of one table
_CAPTION = re.compile(r"(?:table|tabelle|tableau|tabla|tabella|tab\.|таблица|表)\s*\S", re.I)
_CAPTION_CHARACTERS = 160
_CAPTION_LINES = 3


@dataclass(slots=True)
class FoundTable:
    """The lines from `first` up to but not including `last` of a page are a table."""

    first: int
    last: int
    header: Sequence[Row]
    body: Sequence[Row]
    caption: str


def tables_of(lines: Sequence[Line], body: Body) -> Iterator[FoundTable]:
    """The tables among the lines of one page, in their order."""
    at = 0
    while at < len(lines):
        last = _run(lines, at)
        table = _table(lines, at, last, body) if last - at >= _FEWEST_ROWS else None
        if table is not None:
            yield table
        at = max(last, at + 1)


def continued(above: FoundTable, below: FoundTable) -> FoundTable:
    """The lower table, with what it leaves out when it only goes on with the upper one on the next page."""
    widths = {len(row) for table in (above, below) for row in (*table.header, *table.body)}
    if len(widths) > 1 or list(below.header) not in ([], list(above.header)):
        return below
    return replace(below, header=above.header, caption=below.caption or above.caption)


def _run(lines: Sequence[Line], first: int) -> int:
    """Up to which line rows follow rows; among them there may be bits of rows, but not two in a row."""
    if not _is_row(lines[first]):
        return first
    last = at = first
    while at < len(lines) and _is_near(lines[at], lines[last]):
        if _is_row(lines[at]):
            last = at
        elif at - last > 2:
            break
        at += 1
    while last + 1 < len(lines) and _ends_row(lines[last + 1], lines[last]):
        last += 1
    return last + 1


def _is_row(line: Line) -> bool:
    """Not an item of a list, nor code: that is laid out, too."""
    return (
        len(line.cells) > 1 and not line.is_fixed and not (len(line.cells) == 2 and _MARKER.match(line.cells[0].text))
    )


def _is_near(line: Line, row: Line) -> bool:
    return abs(line.base - row.base) <= _REACH * max(line.size, row.size)


def _ends_row(line: Line, row: Line) -> bool:
    """The rest of a cell of the last row, below it."""
    below = row.base - line.base
    return len(line.cells) == 1 and 0 < below < 1.5 * row.size and line.left > row.left + 2 * row.size


def _table(lines: Sequence[Line], first: int, last: int, body: Body) -> FoundTable | None:
    texts = grid_of(lines[first:last])
    lengths = [len(cell) for row in texts for cell in row if cell]
    if len(texts) < _FEWEST_ROWS or (len(texts[0]) == 2 and sum(lengths) > _PROSE * len(lengths)):
        return None
    filled = sum(1 for row in texts if sum(map(bool, row)) > 1)
    if filled < _FEWEST_ROWS or filled * 2 < len(texts):
        return None
    header = _header_rows(texts)
    return FoundTable(first, last, texts[:header], texts[header:], _caption(lines, first, last, body))


def _header_rows(rows: Sequence[Sequence[str]]) -> int:
    """The rows before the first in which most cells are numbers; one when there are no numbers."""
    for number, row in enumerate(rows[: _HEADER_ROWS + 1]):
        values = [cell for cell in row[1:] if cell]
        if values and sum(map(_is_number, values)) * 2 > len(values):
            return number
    return 1


def _is_number(cell: str) -> bool:
    digits = sum(map(str.isdigit, cell))
    return digits > 0 and digits >= sum(map(str.isalpha, cell))


def _caption(lines: Sequence[Line], first: int, last: int, body: Body) -> str:
    """What stands right above and stands out, or alone over the middle, or says that it is a table."""
    table = lines[first:last]
    top, left, right = max(row.base for row in table), min(row.left for row in table), max(row.right for row in table)
    outside = [line for number, line in enumerate(lines) if not first <= number < last and line.base > top]
    caption: list[str] = []
    for line in sorted(outside, key=lambda line: line.base)[:_CAPTION_LINES]:
        is_centred = abs(line.left + line.right - left - right) < 0.05 * (right - left)
        is_title = body.is_outdone_by(line) or line.text.isupper() or _CAPTION.match(line.text)
        if line.base - top > _REACH * line.size or not (is_title or (is_centred and _is_alone(line, outside))):
            break
        top = line.base
        caption.insert(0, line.text)
    return " ".join(caption)[:_CAPTION_CHARACTERS]


def _is_alone(line: Line, lines: Sequence[Line]) -> bool:
    """Not the last line of a paragraph."""
    return not any(
        abs(other.left - line.left) < line.size and 0 < other.base - line.base < 1.6 * line.size for other in lines
    )
