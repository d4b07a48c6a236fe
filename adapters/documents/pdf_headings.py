"""Which lines of a PDF are headings, seen from their letters."""

import re
from collections.abc import Iterator, Sequence

from adapters.documents.pdf_lines import Body, Line

_LONGEST = 150
_MOST_LINES = 3
_MOST = 0.5
_NO_TITLE = re.compile(r"[.,;:]\Z|(?:\s?\.){4}")  # ends as a sentence does, or leads to a page
_DEEPEST = 6
_APART = 1.5  # heights of a line
_NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[IVX]+)[.)]")

Look = tuple[int, bool]
HeadingLines = tuple[int, Sequence[Line]]
"""The level of a heading, from 1, and its lines."""


def headings_of(lines: Sequence[Line], body: Body) -> list[HeadingLines]:
    """What stands out from the body by size or weight, has up to three lines and does not end as a sentence does.

    The larger the letters, the higher the level. Where half of the text stands out, none does.
    """
    groups = list(_groups(lines, body))
    standing_out = sum(len(line.text) for _, group in groups for line in group)
    if standing_out > _MOST * sum(len(line.text) for line in lines):
        return []
    titles = [
        (look, group) for look, group in groups if len(group) <= _MOST_LINES and not _NO_TITLE.search(group[-1].text)
    ]
    ranks = {look: rank for rank, look in enumerate(sorted({look for look, _ in titles}, reverse=True), start=1)}
    return [(min(ranks[look], _DEEPEST), group) for look, group in titles]


def _groups(lines: Sequence[Line], body: Body) -> Iterator[tuple[Look, list[Line]]]:
    """Lines that stand out, together with those below them that do so in the same way."""
    group: list[Line] = []
    look: Look | None = None
    for line in lines:
        its_look = _look(line, body)
        if group and (its_look != look or not _is_below(group[-1], line)):
            if look is not None:
                yield look, group
            group = []
        group.append(line)
        look = its_look
    if group and look is not None:
        yield look, group


def _look(line: Line, body: Body) -> Look | None:
    """Its size, in tenths of the body's, and whether it is bold; None when it cannot be a heading."""
    if len(line.text) > _LONGEST or line.is_fixed or not (body.is_outdone_by(line)):
        return None
    return (round(10 * line.size / body.size), body.is_lighter_than(line)) if _has_words(line.text) else None


def _has_words(text: str) -> bool:
    return sum(map(str.isalpha, text)) > 1


def _is_below(above: Line, below: Line) -> bool:
    """Whether the lower line goes on with the heading: near, flush or centred with it, and without a number."""
    is_flush = abs(above.left - below.left) < above.size
    is_centred = abs(above.left + above.right - below.left - below.right) < 2 * above.size
    is_near = above.page == below.page and 0 < above.base - below.base < _APART * above.size
    return is_near and (is_flush or is_centred) and not _NUMBERED.match(below.text)
