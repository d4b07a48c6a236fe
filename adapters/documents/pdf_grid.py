"""The rows and the columns of a table on a page, from where its words stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.documents.pdf_lines import Cell, Line

_LEADERS = re.compile(r"(?:\s?\.){2,}\s*$")
_MOST_COLUMNS = 100
_REACH = 3.0  # heights of a line

Column = tuple[float, float]
"""Where it begins and ends."""


@dataclass(slots=True)
class _Row:
    base: float
    cells: list[Cell]


def grid_of(lines: Sequence[Line]) -> list[list[str]]:
    """The rows as text, each with all columns; nothing when there are no columns, or more than anybody reads."""
    size = sorted(line.size for line in lines)[len(lines) // 2]
    rows = _joined(lines, size)
    columns = _columns(rows, size)
    return _texts(rows, columns) if len(columns) > 1 else []


def _joined(lines: Sequence[Line], size: float) -> list[_Row]:
    """One row for the lines that stand on one height; those are near one another in the file too."""
    rows: list[_Row] = []
    for line in lines:
        same = next((row for row in rows[-3:] if abs(row.base - line.base) < 0.4 * size), None)
        if same is None:
            rows.append(_Row(line.base, list(line.cells)))
        else:
            same.cells = sorted([*same.cells, *line.cells], key=lambda cell: cell.left)
    return rows


def _columns(rows: Sequence[_Row], size: float) -> list[Column]:
    """What the cells cover from left to right, but for those that stand over several columns.

    Neighbours which no row has both of are one column: its name and its numbers, each flush with another side.
    """
    cells = [cell for row in rows for cell in row.cells]
    rough = _covered(cells, len(rows) // 10, size)
    if len(rough) > _MOST_COLUMNS:
        return []
    narrow = [cell for cell in cells if sum(_shared(cell, column) > 0 for column in rough) < 2]
    columns: list[Column] = []
    for column in _covered(narrow, 0, size):
        if columns and column[0] - columns[-1][1] < _REACH * size and not _are_both(columns[-1], column, rows):
            column = columns.pop()[0], column[1]
        columns.append(column)
    return columns


def _are_both(one: Column, other: Column, rows: Sequence[_Row]) -> bool:
    return any(
        any(_shared(cell, one) > 0 for cell in row.cells) and any(_shared(cell, other) > 0 for cell in row.cells)
        for row in rows
    )


def _covered(cells: Sequence[Cell], few: int, size: float) -> list[Column]:
    """Where more than `few` cells stand over one another."""
    edges = [(cell.left, 1) for cell in cells] + [(cell.right, -1) for cell in cells]
    columns: list[Column] = []
    cover, start = 0, 0.0
    for at, change in sorted(edges):
        if cover <= few < cover + change:
            start = at
        if cover + change <= few < cover:
            if columns and start - columns[-1][1] < 0.3 * size:
                start = columns.pop()[0]
            columns.append((start, at))
        cover += change
    return columns


def _shared(cell: Cell, column: Column) -> float:
    """The width that both have; below 0 how far they are apart."""
    return min(cell.right, column[1]) - max(cell.left, column[0])


def _texts(rows: Sequence[_Row], columns: Sequence[Column]) -> list[list[str]]:
    """The rows as text, each with all columns; what only goes on in the next line is joined to its cell."""
    texts: list[list[str]] = []
    for row in rows:
        said = [""] * len(columns)
        is_full = len(row.cells) == len(columns)
        for number, cell in enumerate(row.cells):
            at = number if is_full else _column(cell, columns)
            said[at] = f"{said[at]} {_LEADERS.sub('', cell.text)}".strip()
        if texts and _goes_on(said, texts[-1]):
            texts[-1] = [f"{above} {rest}".strip() for above, rest in zip(texts[-1], said, strict=True)]
        else:
            texts.append(said)
    return texts


def _column(cell: Cell, columns: Sequence[Column]) -> int:
    """The one that it shares the most with, else the nearest."""
    return max(range(len(columns)), key=lambda at: _shared(cell, columns[at]))


def _goes_on(said: Sequence[str], above: Sequence[str]) -> bool:
    """A line of few words that has nothing in the first column, or begins there in the middle of a sentence."""
    if sum(map(bool, said)) * 2 > len(said) or not all(above[at] for at, text in enumerate(said) if text):
        return False
    return not said[0] or (said[0][0].islower() and not any(said[1:]))
