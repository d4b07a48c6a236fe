"""Texts into a database by way of the ports, as uploads get there once they are read and cut."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from adapters.sql.database import SqlDatabase
from adapters.stemming.snowball import SnowballStemmer
from application.ports.documents import NewDocument
from application.ports.search_index import IndexedChunk
from application.ports.vector_index import Generation, Unembedded
from domain.access import LOCAL_OWNER, OwnerId
from domain.blob import BlobId
from domain.knowledge import Chunk, Document, DocumentStatus
from domain.reading import Reading
from domain.retrieval.language import language_of
from domain.retrieval.terms import terms_of
from tests.bench.retrieval.vectors_file import VectorsFile
from tests.support.builders import NOON

AT_ONCE = 200
"""Chunks in a transaction, vectors in a call."""


async def add_document(
    database: SqlDatabase,
    name: str,
    chunks: Sequence[Chunk],
    *,
    reading: Reading | None = None,
    owner: OwnerId = LOCAL_OWNER,
    language: str | None = None,
) -> Document:
    """One that is ready, with these chunks; of the language that they seem to be in."""
    if language is None:
        language = language_of(" ".join(chunk.text for chunk in chunks[:20]))
    stem = SnowballStemmer().stem_of(language)
    document = await _begun(database, name, len(chunks), reading, owner, language)
    title = reading.title if reading else ""
    for start in range(0, len(chunks), AT_ONCE):
        some = chunks[start : start + AT_ONCE]
        indexed = [IndexedChunk(chunk, terms_of([chunk.indexed_as(title)], stem)) for chunk in some]
        async with database.begin() as tx:
            document = await tx.search.add(document, indexed, at=NOON)
            await tx.commit()
    async with database.begin() as tx:
        ready = replace(document, status=DocumentStatus.READY)
        await tx.documents.change(ready, was=document)
        await tx.commit()
    return ready


async def _begun(
    database: SqlDatabase, name: str, chunks: int, reading: Reading | None, owner: OwnerId, language: str
) -> Document:
    digest = hashlib.sha256(f"{owner}/{name}".encode()).hexdigest()
    new = NewDocument(
        owner=owner, filename=name, digest=digest, blob=BlobId(f"{owner}-{digest}"), size_bytes=1, created_at=NOON
    )
    async with database.begin() as tx:
        await tx.blobs.expect(new.blob, owner=owner, at=NOON)
        queued, _ = await tx.documents.add(new)
        if reading is not None:
            await tx.documents.keep_reading(queued.id, reading, owner=owner)
        title = reading.title if reading else ""
        read = replace(queued, language=language, title=title, status=DocumentStatus.INDEXING)
        await tx.documents.change(read, was=queued)
        document = await tx.search.begin(queued.id, owner=owner, chunks=chunks, at=NOON)
        await tx.commit()
    return document


async def embed_all(database: SqlDatabase, vectors: VectorsFile) -> Generation:
    """Give every chunk that has none its vector."""
    async with database.begin() as tx:
        generation = await tx.vectors.generation(vectors.model, vectors.dimensions)
        await tx.commit()
    last: Unembedded | None = None
    while some := await _next(database, generation, last):
        last = some[-1]
        made = await vectors.embed([one.text for one in some])
        by_id = dict(zip((one.id for one in some), made.vectors, strict=True))
        async with database.begin() as tx:
            await tx.vectors.add(generation, by_id, owner=last.owner)
            await tx.commit()
    vectors.save()
    return generation


async def _next(database: SqlDatabase, generation: Generation, last: Unembedded | None) -> list[Unembedded]:
    async with database.read() as tx:
        return await tx.vectors.missing(generation, after=last, limit=AT_ONCE)
