"""Vectors in SQL: as bytes that are scanned here, or in pgvector where the database has it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql import pgvector
from adapters.sql.chunk_rows import chunk_from_row
from adapters.sql.index_rows import find_index, touch
from adapters.sql.knowledge_tables import chunks, documents, generations, search_indexes, vectors
from adapters.sql.reading_postings import ranges_of
from adapters.sql.session import Repository, Session, in_session
from adapters.sql.vector_bytes import to_bytes, unit
from adapters.sql.vector_cache import VectorCache
from adapters.sql.vector_scan import VectorScan
from application.ports.vector_index import Generation, Unembedded, VectorHit, VectorIndex
from domain.access import OwnerId
from domain.knowledge import ChunkId, DocumentId

IN_PGVECTOR, AS_BYTES = "pgvector", "bytes"
METHODS = {
    IN_PGVECTOR: f"pgvector: exact up to {pgvector.EXACT_UP_TO:,} chunks of an owner, HNSW above",
    AS_BYTES: "exact scan in this process (SQLite, or a Postgres without pgvector 0.8)",
}

g, c, d, v, i = generations.c, chunks.c, documents.c, vectors.c, search_indexes.c
ALL = sa.select(generations).order_by(g.is_current.desc(), g.id)
FIND = sa.select(generations).where(g.model == sa.bindparam("name"), g.dimensions == sa.bindparam("length"))
# Either index may be in the way: somebody has made it meanwhile, or another is current.
CREATE = insert(generations).on_conflict_do_nothing().returning(*g)
DROP_OTHERS = sa.delete(generations).where(g.id != sa.bindparam("which"))
MAKE_CURRENT = sa.update(generations).where(g.id == sa.bindparam("which")).values(is_current=True)
INSERT = (
    insert(vectors)
    .on_conflict_do_nothing()
    .from_select(
        ["index_id", "number", "generation_id", "data"],
        sa.select(
            c.index_id,
            c.number,
            sa.bindparam("generation", type_=sa.BigInteger),
            sa.bindparam("data", type_=sa.LargeBinary),
        ).where(c.index_id == sa.bindparam("here"), c.number == sa.bindparam("which")),
    )
)
UNEMBEDDED = (
    sa.select(chunks, d.owner, d.title)
    .join(documents, d.id == c.document_id)
    .where(sa.tuple_(c.index_id, c.number) > sa.tuple_(sa.bindparam("index"), sa.bindparam("behind")))
    .order_by(c.index_id, c.number)
    .limit(sa.bindparam("most"))
)


class SqlVectorIndex(Repository, VectorIndex):
    def __init__(self, session: Session, cache: VectorCache) -> None:
        super().__init__(session)
        self._cache = cache

    @in_session()
    def generations(self, connection: sa.Connection) -> list[Generation]:
        return [_from_row(row) for row in connection.execute(ALL)]

    @in_session(writes=True, slow=True)
    def generation(self, connection: sa.Connection, model: str, dimensions: int) -> Generation:
        wanted = {"name": model, "length": dimensions}
        row = connection.execute(FIND, wanted).one_or_none()
        return _from_row(row or _created(connection, model, dimensions))

    @in_session(writes=True, slow=True)
    def add(
        self,
        connection: sa.Connection,
        generation: Generation,
        vectors: Mapping[ChunkId, Sequence[float]],
        *,
        owner: OwnerId,
    ) -> None:
        if any(len(vector) != generation.dimensions for vector in vectors.values()):
            raise ValueError(f"vectors of {generation.model} must have {generation.dimensions} numbers")
        index_id = touch(connection, owner)
        if index_id is None or not vectors:
            return
        if _store_of(connection, generation) == IN_PGVECTOR:
            pgvector.insert(connection, generation.id, index_id, vectors)
            return
        same = {"generation": generation.id, "here": index_id}
        connection.execute(INSERT, [same | {"which": id, "data": to_bytes(each)} for id, each in vectors.items()])

    @in_session(slow=True)
    def missing(
        self,
        connection: sa.Connection,
        generation: Generation,
        *,
        after: Unembedded | None = None,
        document: DocumentId | None = None,
        limit: int,
    ) -> list[Unembedded]:
        index = find_index(connection, after.owner) if after else None
        values = {"index": index.id if index else 0, "behind": after.id if after else 0, "most": limit}
        statement = UNEMBEDDED.where(_lacks(connection, generation))
        if document is not None:
            statement = statement.where(c.document_id == document)
        rows = connection.execute(statement, values)
        return [
            Unembedded(row.owner, row.document_id, row.number, chunk_from_row(row).indexed_as(row.title))
            for row in rows
        ]

    @in_session(writes=True, slow=True)
    def make_current(self, connection: sa.Connection, generation: Generation) -> bool:
        lacking = sa.select(c.number).where(_lacks(connection, generation)).limit(1)
        if connection.execute(lacking).one_or_none() is not None:
            return False
        for other in connection.execute(ALL).all():
            if other.id != generation.id and other.store == IN_PGVECTOR:
                pgvector.drop(connection, other.id)
        for statement in (DROP_OTHERS, MAKE_CURRENT):
            connection.execute(statement, {"which": generation.id})
        return True

    async def find(
        self,
        generation: Generation,
        vector: Sequence[float],
        *,
        owner: OwnerId,
        documents: Collection[DocumentId] | None = None,
        limit: int,
    ) -> list[VectorHit]:
        def look(connection: sa.Connection) -> list[VectorHit] | VectorScan:
            index = find_index(connection, owner)
            if index is None or not index.chunks:
                return []
            ranges = ranges_of(connection, owner, documents, index.last_number)
            if ranges == []:
                return []
            if _store_of(connection, generation) == IN_PGVECTOR:
                everything = ranges or [(1, index.last_number)]
                return pgvector.find(connection, generation.id, index.id, vector, everything, limit)
            return VectorScan(self._session, self._cache, generation, index, ranges)

        found = await self._session.run(look, slow=True)
        return await found.find(unit(vector), limit) if isinstance(found, VectorScan) else found


def _created(connection: sa.Connection, model: str, dimensions: int) -> sa.Row[Any]:
    fits = dimensions <= pgvector.MOST_DIMENSIONS and pgvector.version(connection)
    new = {"model": model, "dimensions": dimensions, "store": IN_PGVECTOR if fits else AS_BYTES}
    for is_current in (True, False):
        row = connection.execute(CREATE, new | {"is_current": is_current}).one_or_none()
        if row is not None:
            if fits:
                pgvector.create(connection, row.id, dimensions)
            return row
    return connection.execute(FIND, {"name": model, "length": dimensions}).one()


def _from_row(row: sa.Row[Any]) -> Generation:
    return Generation(
        id=row.id, model=row.model, dimensions=row.dimensions, is_current=row.is_current, method=METHODS[row.store]
    )


def _store_of(connection: sa.Connection, generation: Generation) -> str:
    store: str = connection.execute(sa.select(g.store).where(g.id == generation.id)).scalar_one()
    return store


def _lacks(connection: sa.Connection, generation: Generation) -> sa.ColumnElement[bool]:
    if _store_of(connection, generation) == IN_PGVECTOR:
        return pgvector.lacks(generation.id, c.index_id, c.number)
    return ~sa.exists().where(v.index_id == c.index_id, v.number == c.number, v.generation_id == generation.id)
