"""Chunks in SQL, and finding them by words."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.sql.blocks import packed
from adapters.sql.chunk_rows import CHUNKS, OF_DOCUMENT, chunk_row, passages_in
from adapters.sql.document_rows import MINE, d, from_row, own_row
from adapters.sql.index_rows import forget_chunks, grow, reserve
from adapters.sql.knowledge_tables import chunks, documents
from adapters.sql.postings import append
from adapters.sql.reading_postings import read
from adapters.sql.scoring import ranked
from adapters.sql.session import Repository, in_session
from application.ports.search_index import IndexedChunk, SearchIndex, WordHit
from domain.access import OwnerId
from domain.errors import DocumentConflict
from domain.knowledge import ChunkId, Document, DocumentId
from domain.retrieval.passage import Passage
from domain.retrieval.query import Query

INSERT_CHUNKS = sa.insert(chunks)
MADE_ROOM = (
    sa.update(documents)
    .where(MINE)
    .values(
        first=sa.bindparam("from_number"),
        chunks=sa.bindparam("room"),
        version=d.version + 1,
        updated_at=sa.bindparam("at"),
    )
    .returning(*d)
)
GO_ON = (
    sa.update(documents)
    .where(
        MINE,
        d.version == sa.bindparam("this_version"),
        d.indexed == sa.bindparam("so_far"),
        d.indexed + sa.bindparam("more") <= d.chunks,
    )
    .values(
        indexed=d.indexed + sa.bindparam("more"),
        words=d.words + sa.bindparam("more_words"),
        updated_at=sa.bindparam("at"),
    )
    .returning(*d)
)
LANGUAGES = sa.select(d.language).where(d.owner == sa.bindparam("whose")).distinct()


class SqlSearchIndex(Repository, SearchIndex):
    @in_session(writes=True, slow=True)
    def begin(
        self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId, chunks: int, at: datetime
    ) -> Document:
        forget_chunks(connection, own_row(connection, id, owner, hold=True))
        first = reserve(connection, owner, chunks)
        values = {"which": id, "whose": owner, "from_number": first, "room": chunks, "at": at}
        return from_row(connection.execute(MADE_ROOM, values).one())

    async def add(self, document: Document, chunks: Sequence[IndexedChunk], *, at: datetime) -> Document:
        if not chunks:
            return document
        row, index_id = await self._go_on(document, chunks, at)
        first = row.first + document.indexed
        blocks = await asyncio.to_thread(packed, first, [chunk.terms for chunk in chunks])
        rows = [chunk_row(index_id, number, document.id, each.chunk) for number, each in enumerate(chunks, first)]

        def write(connection: sa.Connection) -> None:
            connection.execute(INSERT_CHUNKS, rows)
            append(connection, index_id, document.id, first, first + len(chunks) - 1, blocks)

        await self._session.run(write, slow=True)
        return from_row(row)

    @in_session(writes=True, slow=True)
    def clear(self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId, at: datetime) -> None:
        forget_chunks(connection, own_row(connection, id, owner, hold=True))
        change = sa.update(documents).where(MINE).values(updated_at=at)
        connection.execute(change, {"which": id, "whose": owner})

    @in_session(slow=True)
    def languages(self, connection: sa.Connection, *, owner: OwnerId) -> frozenset[str]:
        return frozenset(connection.execute(LANGUAGES, {"whose": owner}).scalars()) - {""}

    async def find(
        self, query: Query, *, owner: OwnerId, documents: Collection[DocumentId] | None = None, limit: int
    ) -> list[WordHit]:
        found = await self._session.run(lambda connection: read(connection, query, owner, documents), slow=True)
        return await asyncio.to_thread(ranked, found, query, limit) if found else []

    @in_session(slow=True)
    def passages(self, connection: sa.Connection, ids: Sequence[ChunkId], *, owner: OwnerId) -> list[Passage]:
        rows = CHUNKS.rows(connection, {"whose": owner, "numbers": ids})
        found = {passage.id: passage for passage in passages_in(connection, rows)}
        return [found[id] for id in ids if id in found]

    @in_session(slow=True)
    def passages_of(
        self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId, first: int = 0, limit: int
    ) -> list[Passage]:
        document = own_row(connection, id, owner)
        values = {"document": id, "from_number": document.first + first, "most": limit}
        return passages_in(connection, connection.execute(OF_DOCUMENT, values))

    @in_session(writes=True)
    def _go_on(
        self, connection: sa.Connection, document: Document, chunks: Sequence[IndexedChunk], at: datetime
    ) -> tuple[sa.Row[Any], int]:
        """Count the chunks in: the document's row afterwards, and the index's id."""
        words = sum(each.terms.length for each in chunks)
        this = {"which": document.id, "whose": document.owner, "this_version": document.version, "at": at}
        count = {"so_far": document.indexed, "more": len(chunks), "more_words": words}
        row = connection.execute(GO_ON, this | count).one_or_none()
        if row is None:
            raise DocumentConflict(own_row(connection, document.id, document.owner).status, "indexed by two at once")
        return row, grow(connection, document.owner, chunks=len(chunks), words=words)
