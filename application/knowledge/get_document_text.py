"""Show a part of a document's text where it stands."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.errors import InvalidInput
from domain.knowledge import DocumentId
from domain.reading import Reading, Span

MOST_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class TextOfDocument(Span):
    """The `text` from `start` to `end` of `characters`, on these pages if it has any."""

    text: str
    characters: int
    pages: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDocumentText:
    read: BeginRead

    async def __call__(
        self, principal: Principal, id: DocumentId, *, page: int | None = None, start: int = 0, end: int | None = None
    ) -> TextOfDocument:
        """A page, or the characters from `start` to `end`, counted as passages count them; at most MOST_CHARACTERS.

        Raise DocumentNotFound, or InvalidInput for a page that there is not or while there is no text.
        """
        async with self.read() as tx:
            reading = await tx.documents.reading(id, owner=principal.owner)
        if reading is None:
            raise InvalidInput("id", "the document has not been read")
        span = _page(reading, page) if page is not None else Span(start, len(reading.text) if end is None else end)
        first = min(span.start, len(reading.text))
        last = max(first, min(span.end, len(reading.text), first + MOST_CHARACTERS))
        return TextOfDocument(first, last, reading.text[first:last], len(reading.text), reading.pages_of(first, last))


def _page(reading: Reading, number: int) -> Span:
    for page in reading.pages:
        if page.number == number:
            return page
    raise InvalidInput("page", f"the document has {len(reading.pages)} pages, and not this one")
