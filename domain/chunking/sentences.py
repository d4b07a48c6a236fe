"""Where sentences end, in any script, by punctuation; a guess that errs on the side of longer sentences."""

import re

from domain.reading import Span

_END = re.compile(
    r"""(?<![.!?…‽]) [.!?…‽]++ ["'”’»›)\]]*+ \s++   # a run of marks, what closes, then a gap
      | [。！？｡．؟۔।॥]++ [」』”’）)\]]*+ \s*+       # marks that need no gap after them
      | \n\s*+                                     # the end of a line""",
    re.VERBOSE,
)
_SHORT = frozenset(
    [
        "al",
        "approx",
        "art",
        "ca",
        "cf",
        "ch",
        "co",
        "corp",
        "dept",
        "dr",
        "ed",
        "eds",
        "eg",
        "etc",
        "fig",
        "figs",
        "gen",
        "gov",
        "ie",
        "inc",
        "jr",
        "lt",
        "ltd",
        "mr",
        "mrs",
        "ms",
        "mt",
        "no",
        "nos",
        "op",
        "p",
        "par",
        "pp",
        "prof",
        "rev",
        "sec",
        "sgt",
        "sr",
        "st",
        "vol",
        "vs",
        "bzw",
        "ca",
        "evtl",
        "ggf",
        "nr",
        "str",
        "usw",
        "vgl",
    ]
)
_LAST_WORD = re.compile(r"(\w+)\W*\Z")
_LOOKS_BACK = 16
_WRAPPED_AT = range(45, 121)
CELL_EDGE = "|"
"""Between the cells of a table's row, which is one sentence, whatever its cells end with."""


def sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences from `start` to `end`, each with the blank that follows it; together they are all of it."""
    wrapped = _is_wrapped(text[start:end])
    found, begin = [], start
    for mark in _END.finditer(text, start, end):
        if mark.end() < end and not _goes_on(text, mark, wrapped):
            found.append(Span(begin, mark.end()))
            begin = mark.end()
    if begin < end:
        found.append(Span(begin, end))
    return found


def _goes_on(text: str, mark: re.Match[str], wrapped: bool) -> bool:
    """Whether the sentence is not over in spite of the mark."""
    following = text[mark.end()]
    if text[mark.start()] == "\n":
        return wrapped or following.islower()
    if following == CELL_EDGE:
        return True
    if text[mark.start()] != "." or text[mark.start() : mark.start() + 2] in ("..", ".…"):
        return following.islower()
    word = _LAST_WORD.search(text[max(0, mark.start() - _LOOKS_BACK) : mark.start()])
    before = word[1] if word else ""
    is_initial = len(before) == 1 and before.isalpha() and before.isascii() and before != "I"
    return following.islower() or is_initial or before.lower() in _SHORT


def _is_wrapped(paragraph: str) -> bool:
    """Lines of about one length are one paragraph that was broken to fit a page: their ends mean nothing.

    Unless they are the rows of a table.
    """
    *lines, last = paragraph.strip().split("\n")
    if all(CELL_EDGE in line for line in lines):
        return False
    return bool(lines) and all(len(line.rstrip()) in _WRAPPED_AT for line in lines) and len(last) <= _WRAPPED_AT[-1]
