"""The first step of taking a document in: its bytes become text, which is kept."""

import asyncio
from dataclasses import dataclass, replace

from application.knowledge.own_run import OwnRun
from application.ports.blobs import BlobStore
from application.ports.clock import Now
from application.ports.document_reader import DocumentReader, ReadingLimits
from application.ports.storage import Transaction
from application.runs.patience import patiently
from application.runs.run_writer import RunWriter
from domain.errors import TooBusy
from domain.ingestion import READING
from domain.knowledge import Document
from domain.reading import Reading
from domain.retrieval.language import language_of
from domain.step import StepFinished, StepProgress, StepStarted

TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    blobs: BlobStore
    reader: DocumentReader
    limits: ReadingLimits
    now: Now

    async def __call__(self, own: OwnRun, document: Document, writer: RunWriter) -> Reading:
        """The text, read or as it was kept before. Raise what DocumentReader.read raises, and BlobLost."""
        kept = await own.change(lambda tx: tx.documents.reading(document.id, owner=document.owner))
        if kept is not None:
            return kept
        writer.append([StepStarted(READING)])
        content = await patiently(lambda: self._content(own, document), pause_seconds=own.pause_seconds)
        reading = await self._read(content, document, writer)
        language = await asyncio.to_thread(language_of, reading.text)
        await own.change(lambda tx: self._keep(tx, document, reading, language))
        pages = f"{len(reading.pages):,} pages, " if reading.pages else ""
        writer.append([StepFinished(READING, output=f"{pages}{len(reading.text):,} characters")])
        return reading

    async def _content(self, own: OwnRun, document: Document) -> bytes:
        blob = await own.change(lambda tx: tx.documents.blob(document.id, owner=document.owner))
        return b"".join([piece async for piece in self.blobs.read(blob)])

    async def _read(self, content: bytes, document: Document, writer: RunWriter) -> Reading:
        def told(count: int, of: int) -> None:
            writer.append([StepProgress(READING, count, of)])

        for tries in range(1, TRIES + 1):
            try:
                return await self.reader.read(content, document.filename, limits=self.limits, progress=told)
            except TooBusy as busy:
                if tries == TRIES:
                    raise
                await asyncio.sleep(tries * (busy.retry_after_seconds or 1.0))
        raise AssertionError("the last try returns or raises")

    async def _keep(self, tx: Transaction, document: Document, reading: Reading, language: str) -> None:
        was = await tx.documents.get(document.id, owner=document.owner)
        await tx.documents.keep_reading(document.id, reading, owner=document.owner)
        read = replace(
            was,
            title=reading.title,
            pages=len(reading.pages),
            media_type=reading.media_type,
            language=language,
            updated_at=self.now(),
        )
        await tx.documents.change(read, was=was)
