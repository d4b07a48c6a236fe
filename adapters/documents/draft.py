"""A reading in the making."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from domain.clean_text import clean_text
from domain.errors import DocumentTooLarge
from domain.reading import TITLE_CHARACTERS, Heading, MediaType, Page, Reading, Span, Table

CELLS = " | "
Row = Sequence[str]
_TOGETHER = 1000  # lines of a table that are added at once


def one_line(text: str) -> str:
    """The text, clean, with every run of blanks as one space."""
    return clean_text(" ".join(text.split())).strip()


class Draft:
    """Text is added at the end, clean; what is said of it is kept with its place. Blocks stand a blank line apart."""

    def __init__(self, media_type: MediaType, max_characters: int) -> None:
        self._media_type = media_type
        self._max_characters = max_characters
        self._parts: list[str] = []
        self._length = 0
        self._pages: list[int] = []
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._code: list[Span] = []
        self.title = ""

    def add(self, text: str) -> Span:
        """Raises DocumentTooLarge when the document has more text than it may."""
        text = clean_text(text)
        start = self._length
        self._length += len(text)
        if self._length > self._max_characters:
            raise DocumentTooLarge(f"text: at most {self._max_characters} characters")
        self._parts.append(text)
        return Span(start, self._length)

    def block(self, text: str) -> Span:
        """Add a block; it does not adjoin the one before."""
        if self._length:
            self.add("\n\n")
        return self.add(text)

    def page(self) -> None:
        """What is added from here on stands on the next page."""
        self._pages.append(self._length)

    def heading(self, title: str, level: int) -> None:
        title = one_line(title)
        if title:
            span = self.block(title)
            self._headings.append(Heading(span.start, span.end, level, title[:TITLE_CHARACTERS]))

    def code(self, text: str) -> None:
        self._code.append(self.block(text))

    def table(self, header: Iterable[Row], body: Iterable[Row], caption: str = "") -> None:
        """A line for every row that says something, its cells set apart by ` | `. Without a body there is no header."""
        head, lines = list(_lines(header)), _lines(body)
        first = next(lines, None)
        if not head and first is None:
            return
        start = header_end = self.block("").start
        if head and first is not None:
            header_end = self.add("\n".join(head) + "\n").end
        end = self.add("\n".join(head) if first is None else first).end
        while some := list(islice(lines, _TOGETHER)):
            end = self.add("\n" + "\n".join(some)).end
        self._tables.append(Table(start, end, header_end, one_line(caption)))

    def finished(self) -> Reading:
        text = "".join(self._parts)
        seams = pairwise([*self._pages, len(text)])
        return Reading(
            text=text,
            media_type=self._media_type,
            title=one_line(self.title)[:TITLE_CHARACTERS],
            pages=tuple(Page(start, end, number) for number, (start, end) in enumerate(seams, start=1)),
            headings=tuple(self._headings),
            tables=tuple(self._tables),
            code=tuple(self._code),
        )


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        if line := CELLS.join(" ".join(cell.split()) for cell in row).rstrip(" |"):
            yield line
