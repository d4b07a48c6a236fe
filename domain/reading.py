"""What a document says: its text, and where in it the pages, headings, tables and code are."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

TITLE_CHARACTERS = 200


class MediaType(StrEnum):
    """Every kind of document that can be read."""

    PDF = "application/pdf"
    TEXT = "text/plain"
    MARKDOWN = "text/markdown"
    HTML = "text/html"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class Span:
    """The characters from `start` up to but not including `end`, counted from 0."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page(Span):
    """A page, numbered from 1 as a viewer of the file counts them; one without text is an empty span."""

    number: int


@dataclass(frozen=True, slots=True)
class Heading(Span):
    """The line of a heading with its marks; `title` is what it says, `level` counts from 1 down."""

    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Table(Span):
    """Rows, one a line. Those before `header_end` name the columns (none do when that is `start`).

    `caption` says what the table is about; it stands elsewhere in the text, or nowhere.
    """

    header_end: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Section(Span):
    """What stands between a heading and the next, whatever its level; `path` is the titles from the top down to it."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document as text: NFC, lines ended by \\n, no control characters; every place counts characters of `text`.

    Pages, headings, tables and code are each in order and do not overlap their like: ValueError otherwise.
    """

    text: str
    media_type: MediaType
    title: str = ""
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    code: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        for name in ("pages", "headings", "tables", "code"):
            _must_be_in_order(name, getattr(self, name), len(self.text))
        if any(not table.start <= table.header_end <= table.end for table in self.tables):
            raise ValueError("tables: a header must lie within its table")

    def sections(self) -> list[Section]:
        """The whole text, cut before every heading; nothing is between them."""
        found, path = [], list[Heading]()
        starts = [0, *(heading.start for heading in self.headings), len(self.text)]
        for (start, end), heading in zip(pairwise(starts), [None, *self.headings], strict=True):
            if heading is not None:
                path = [*(above for above in path if above.level < heading.level), heading]
            if start < end:
                found.append(Section(start, end, tuple(one.title[:TITLE_CHARACTERS] for one in path)))
        return found

    def pages_of(self, start: int, end: int) -> tuple[int, int] | None:
        """The numbers of the pages on which these characters begin and end; None when the document has no pages."""
        if not self.pages:
            return None
        first, last = (max(0, bisect_right(self.pages, at, key=_start) - 1) for at in (start, max(start, end - 1)))
        return self.pages[first].number, self.pages[last].number


def _start(span: Span) -> int:
    return span.start


def _must_be_in_order(name: str, spans: Sequence[Span], length: int) -> None:
    at = 0
    for span in spans:
        if not at <= span.start <= span.end <= length:
            raise ValueError(f"{name}: {span.start} to {span.end} is out of order or outside the text")
        at = span.end
