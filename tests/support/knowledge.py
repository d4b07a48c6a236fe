"""Documents and chunks for tests, in few words."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from application.ports.documents import NewDocument
from application.ports.search_index import IndexedChunk, WordHit
from application.ports.vector_index import Generation, VectorHit
from domain.access import OwnerId
from domain.blob import BlobId
from domain.knowledge import Chunk, ChunkId, Document, DocumentId, DocumentStatus
from domain.reading import MediaType
from domain.retrieval.passage import Passage
from domain.retrieval.query import query_of
from domain.retrieval.terms import terms_of
from tests.support.builders import ALICE, NOON
from tests.support.databases import Database


def without_s(word: str) -> str:
    """A stemmer that fits in a head."""
    return word.removesuffix("s")


def new_document(content: bytes = b"content", *, owner: OwnerId = ALICE, filename: str = "notes.md") -> NewDocument:
    """Its blob is named after its owner and its bytes."""
    digest = hashlib.sha256(content).hexdigest()
    return NewDocument(
        blob=BlobId(f"{owner}-{digest}"),
        owner=owner,
        filename=filename,
        digest=digest,
        size_bytes=len(content),
        created_at=NOON,
        media_type=MediaType.MARKDOWN,
        strategy="recursive",
    )


async def add_document(database: Database, content: bytes = b"content", *, owner: OwnerId = ALICE) -> Document:
    new = new_document(content, owner=owner)
    async with database.begin() as tx:
        await tx.blobs.expect(new.blob, owner=owner, at=NOON)
        document, _ = await tx.documents.add(new)
        await tx.commit()
    return document


async def make_ready(database: Database, document: Document) -> Document:
    """From now on it is found."""
    async with database.begin() as tx:
        was = await tx.documents.get(document.id, owner=document.owner)
        await tx.documents.change(ready := replace(was, status=DocumentStatus.READY), was=was)
        await tx.commit()
    return ready


def chunk(text: str, *, start: int = 0, heading: str = "") -> Chunk:
    return Chunk(start=start, end=start + len(text), text=text, heading_path=(heading,) if heading else ())


def indexed(text: str, *, heading: str = "") -> IndexedChunk:
    made = chunk(text, heading=heading)
    return IndexedChunk(made, terms_of([heading, text], without_s))


async def index(database: Database, document: Document, *texts: str, batch: int = 100) -> Document:
    """Index the texts as the document's only chunks, so many in a transaction; then it is ready."""
    async with database.begin() as tx:
        document = await tx.search.begin(document.id, owner=document.owner, chunks=len(texts), at=NOON)
        await tx.commit()
    for start in range(0, len(texts), batch):
        async with database.begin() as tx:
            some = [indexed(text) for text in texts[start : start + batch]]
            document = await tx.search.add(document, some, at=NOON)
            await tx.commit()
    return await make_ready(database, document)


async def store(database: Database, name: str, *texts: str, owner: OwnerId = ALICE) -> Document:
    """A document with these chunks."""
    return await index(database, await add_document(database, name.encode(), owner=owner), *texts)


async def find(
    database: Database,
    question: str,
    *,
    owner: OwnerId = ALICE,
    documents: Sequence[DocumentId] | None = None,
    limit: int = 100,
) -> list[WordHit]:
    async with database.read() as tx:
        query = query_of(question, [without_s])
        return await tx.search.find(query, owner=owner, documents=documents, limit=limit)


async def passages(database: Database, ids: Sequence[ChunkId], *, owner: OwnerId = ALICE) -> list[Passage]:
    async with database.read() as tx:
        return await tx.search.passages(ids, owner=owner)


async def texts_found(
    database: Database,
    question: str,
    *,
    owner: OwnerId = ALICE,
    documents: Sequence[DocumentId] | None = None,
    limit: int = 100,
) -> list[str]:
    hits = await find(database, question, owner=owner, documents=documents, limit=limit)
    return [passage.chunk.text for passage in await passages(database, [hit.id for hit in hits], owner=owner)]


async def generation_of(database: Database, model: str = "model", dimensions: int = 3) -> Generation:
    async with database.begin() as tx:
        generation = await tx.vectors.generation(model, dimensions)
        await tx.commit()
    return generation


async def embed(
    database: Database, generation: Generation, document: Document, *vectors: Sequence[float]
) -> list[ChunkId]:
    """Give the document's first chunks these vectors."""
    async with database.begin() as tx:
        its = await tx.search.passages_of(document.id, owner=document.owner, limit=len(vectors))
        ids = [passage.id for passage in its]
        await tx.vectors.add(generation, dict(zip(ids, vectors, strict=True)), owner=document.owner)
        await tx.commit()
    return ids


async def nearest(
    database: Database,
    generation: Generation,
    vector: Sequence[float],
    *,
    owner: OwnerId = ALICE,
    documents: Sequence[DocumentId] | None = None,
    limit: int = 100,
) -> list[VectorHit]:
    async with database.read() as tx:
        return await tx.vectors.find(generation, vector, owner=owner, documents=documents, limit=limit)
