"""CSV in any dialect: the delimiter and the header are seen from the rows."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import chain, islice

from adapters.documents.draft import Draft, Row
from domain.clean_text import clean_text
from domain.reading import MediaType, Reading

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 100
_SAMPLE_CHARACTERS = 64 * 1024
_REGULAR = 0.7  # so many of the rows must have as many cells as most have
_RUNAWAY = 20  # lines in one cell: its quote was never meant to open


def csv_reading(text: str, max_characters: int) -> Reading:
    """A table of all rows; what stands above its header is its caption. What has no columns is plain text."""
    text = clean_text(text)
    csv.field_size_limit(max(len(text), _SAMPLE_CHARACTERS))
    sample = text if len(text) <= _SAMPLE_CHARACTERS else text[: text.rfind("\n", 0, _SAMPLE_CHARACTERS)]
    delimiter, width = max(((each, _width(sample, each)) for each in _DELIMITERS), key=lambda found: found[1])
    if width < 2:
        draft = Draft(MediaType.TEXT, max_characters)
        draft.add(text)
        return draft.finished()
    draft = Draft(MediaType.CSV, max_characters)
    rows = _rows(text, delimiter)
    above, first = _until_full(rows, width)
    for line in above:
        draft.block(line)
    is_header = _is_header(first)
    draft.table([first] if is_header else [], rows if is_header else chain([first], rows), " ".join(above))
    return draft.finished()


def _width(sample: str, delimiter: str) -> int:
    """How many cells most rows have with this delimiter; 0 when they differ too much for a table."""
    widths = Counter(len(row) for row in islice(_rows(sample, delimiter), _SAMPLE_ROWS) if any(row))
    if not widths:
        return 0
    width, count = widths.most_common(1)[0]
    return width if count >= _REGULAR * widths.total() else 0


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """A quote that runs away is taken for a letter like any other, in the whole of the text."""
    quoted = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    if any(cell.count("\n") > _RUNAWAY for row in quoted for cell in row):
        return csv.reader(StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)


def _until_full(rows: Iterator[Row], width: int) -> tuple[list[str], Row]:
    """What is said in lines of their own above the table, and its first row."""
    above: list[str] = []
    for row in rows:
        said = [cell for cell in row if cell.strip()]
        if len(said) > 1 or width == len(said):
            return above, row
        above += said
    return above, []


def _is_header(row: Sequence[str]) -> bool:
    """Names of columns: all different, and none a number."""
    names = [cell.strip() for cell in row if cell.strip()]
    return len(names) == len(set(names)) > 1 and not any(_is_number(name) for name in names)


def _is_number(cell: str) -> bool:
    digits = sum(character.isdigit() for character in cell)
    return digits > 0 and digits >= sum(character.isalpha() for character in cell)
