"""A reader of plain text in UTF-8, and of nothing else: it runs in the process, as long as it takes."""

from application.ports.document_reader import DEFAULT_LIMITS, DocumentReader, Progress, ReadingLimits
from domain.clean_text import clean_text
from domain.errors import DocumentTooLarge, DocumentUnreadable, UnreadableCause, UnsupportedDocument
from domain.reading import MediaType, Reading


class MemoryDocumentReader(DocumentReader):
    """Keeps to the limits that a text can exceed. It has no pages to tell of, and starts nothing that must be ended."""

    def look(self, head: bytes, tail: bytes | None = None) -> None:
        if b"\x00" in head:
            raise UnsupportedDocument("no text in UTF-8")

    async def read(
        self,
        content: bytes,
        filename: str,
        *,
        limits: ReadingLimits = DEFAULT_LIMITS,
        progress: Progress | None = None,
    ) -> Reading:
        if len(content) > limits.max_bytes:
            raise DocumentTooLarge(f"bytes: at most {limits.max_bytes}")
        try:
            text = clean_text(content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise UnsupportedDocument("no text in UTF-8") from error
        if not text.strip():
            raise DocumentUnreadable(UnreadableCause.EMPTY)
        if len(text) > limits.max_characters:
            raise DocumentTooLarge(f"text: at most {limits.max_characters} characters")
        return Reading(text=text, media_type=MediaType.TEXT)
