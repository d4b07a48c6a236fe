"""Documents as they are once they have been taken in: read, cut at blank lines, indexed and ready."""

import hashlib
import re
from dataclasses import replace

from adapters.stemming.snowball import SnowballStemmer
from application.ports.documents import NewDocument
from application.ports.search_index import IndexedChunk
from domain.access import LOCAL_OWNER, OwnerId
from domain.blob import BlobId
from domain.citation import DocumentId
from domain.knowledge import Chunk, Document, DocumentStatus
from domain.reading import MediaType, Page, Reading
from domain.retrieval.terms import terms_of
from tests.support.builders import NOON
from tests.support.databases import Database

RIVERS = """\
Rivers bend because water wears away the outer bank and leaves sand on the inner one.

The Nile has a length of 6650 kilometres and flows through eleven countries.

A river that floods every spring carries silt to the fields."""


async def put(
    database: Database,
    text: str = RIVERS,
    *,
    name: str = "rivers.txt",
    owner: OwnerId = LOCAL_OWNER,
    language: str = "en",
    paged: bool = False,
) -> DocumentId:
    """Every paragraph is a chunk, and a page of its own if `paged`."""
    stem = SnowballStemmer().stem_of(language)
    spans = [(found.start(), found.end()) for found in re.finditer(r"\S(?:.|\n(?!\n))*", text)]
    pages = tuple(Page(start, end, number) for number, (start, end) in enumerate(spans, 1)) if paged else ()
    reading = Reading(text=text, media_type=MediaType.TEXT, pages=pages)
    chunks = [
        Chunk(
            start=start, end=end, text=text[start:end], first_page=n if paged else None, last_page=n if paged else None
        )
        for n, (start, end) in enumerate(spans, 1)
    ]
    content = text.encode()
    new = NewDocument(
        owner=owner,
        filename=name,
        digest=hashlib.sha256(name.encode() + content).hexdigest(),
        blob=BlobId(f"{owner}-{name}-{hashlib.sha256(content).hexdigest()}"),
        size_bytes=len(content),
        created_at=NOON,
        media_type=MediaType.TEXT,
    )
    async with database.begin() as tx:
        await tx.blobs.expect(new.blob, owner=owner, at=NOON)
        document, _ = await tx.documents.add(new)
        await tx.documents.keep_reading(document.id, reading, owner=owner)
        read = replace(document, language=language, pages=len(pages), status=DocumentStatus.READING)
        await tx.documents.change(read, was=document)
        document = await tx.search.begin(document.id, owner=owner, chunks=len(chunks), at=NOON)
        indexed = [IndexedChunk(chunk, terms_of([name, chunk.text], stem)) for chunk in chunks]
        document = await tx.search.add(document, indexed, at=NOON)
        for status in (DocumentStatus.INDEXING, DocumentStatus.READY):
            document = await _moved(tx, document, status)
        await tx.commit()
    return document.id


async def _moved(tx: object, document: Document, status: DocumentStatus) -> Document:
    moved = document.moved(status, NOON)
    await tx.documents.change(moved, was=document)  # type: ignore[attr-defined]
    return moved
