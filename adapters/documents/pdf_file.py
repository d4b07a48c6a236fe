"""PDF: page by page with PDFium, then the whole document at once for what only the whole can tell."""

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pypdfium2
import pypdfium2.raw as pdfium

from adapters.documents.draft import Draft
from adapters.documents.pdf_flow import write_pages
from adapters.documents.pdf_furniture import without_furniture
from adapters.documents.pdf_lines import Line, body_of, lines_of
from domain.errors import DocumentTooLarge, DocumentUnreadable, UnreadableCause
from domain.reading import MediaType, Reading

_NO_TITLE = re.compile(
    r"\W*(?:(?:untitled|anonymous|unspecified)\W*)?\Z"
    r"|microsoft word\b|.*\.(?:docx?|indd|qxd|tex|pdf|pptx?|xlsx?)\Z",
    re.I,
)
Told = Callable[[int, int], None]


def pdf_reading(content: bytes, max_characters: int, max_pages: int, told: Told) -> Reading:
    """`told` hears after each page how many of how many are read."""
    document = _opened(content)
    count = len(document)
    if count > max_pages:
        raise DocumentTooLarge(f"pages: at most {max_pages}, and it has {count}")
    pages: list[list[Line]] = []
    characters = 0
    for number in range(count):
        lines = _lines(document, number)
        characters += sum(len(line.text) for line in lines)
        if characters > max_characters:
            raise DocumentTooLarge(f"text: at most {max_characters} characters")
        pages.append(lines)
        told(number + 1, count)
    if not any(pages):
        shows = any(_shows_something(document, number) for number in range(count))
        raise DocumentUnreadable(UnreadableCause.SCANNED if shows else UnreadableCause.EMPTY)
    draft = Draft(MediaType.PDF, max_characters)
    draft.title = _title(document)
    body = body_of(line for lines in pages for line in lines)
    write_pages(without_furniture(pages, body), body, draft)
    return draft.finished()


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        code = pdfium.FPDF_GetLastError()
        is_locked = code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        cause = UnreadableCause.ENCRYPTED if is_locked else UnreadableCause.DAMAGED
        raise DocumentUnreadable(cause) from error


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    with _page(document, number) as page:
        return lines_of(page, number) if page is not None else []


def _shows_something(document: pypdfium2.PdfDocument, number: int) -> bool:
    with _page(document, number) as page:
        return page is not None and pdfium.FPDFPage_CountObjects(page) > 0


@contextmanager
def _page(document: pypdfium2.PdfDocument, number: int) -> Iterator[pypdfium2.PdfPage | None]:
    """None for a page that is damaged: what the others say is not lost with it."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        yield None
        return
    try:
        yield page
    finally:
        page.close()


def _title(document: pypdfium2.PdfDocument) -> str:
    """As the file says it, when that is a title."""
    size = 2000
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetMetaText(document, b"Title", buffer, size)
    title = buffer.raw.decode("utf-16-le", "ignore").partition("\0")[0].strip()
    return "" if _NO_TITLE.match(title) else title
