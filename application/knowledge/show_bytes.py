"""What a file says that comes with a request and is not kept, for a prompt."""

from dataclasses import dataclass, replace

from application.ports.document_reader import DocumentReader, ReadingLimits
from domain.conversation import MESSAGE_CHARACTERS
from domain.retrieval.shown_file import shown_file

MOST_CHARACTERS = MESSAGE_CHARACTERS // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowBytes:
    reader: DocumentReader
    limits: ReadingLimits

    async def __call__(self, content: bytes, filename: str) -> str:
        """Framed under its name. Raise what DocumentReader.read raises, DocumentTooLarge for a text that is too long
        for a message: one that is uploaded may be longer."""
        limits = replace(self.limits, max_characters=MOST_CHARACTERS)
        reading = await self.reader.read(content, filename, limits=limits)
        return shown_file(filename, reading.text)
