"""Vector stores in SQL."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.codec import from_json, to_json
from adapters.sql.document_rows import from_row as document_from_row
from adapters.sql.knowledge_tables import documents
from adapters.sql.session import Repository, in_session
from adapters.sql.vector_store_tables import vector_store_batches, vector_store_files, vector_stores
from application.ports.vector_stores import FileFilter, NewVectorStore, VectorStoreRepository
from domain.access import OwnerId
from domain.attribute_filter import Attributes
from domain.errors import DocumentNotFound, FileBatchNotFound, VectorStoreNotFound
from domain.knowledge import DocumentId, DocumentStatus
from domain.vector_store import FileBatch, FileBatchId, FileCounts, StoreFile, VectorStore, VectorStoreId, counts_of

s, f, b, d = vector_stores.c, vector_store_files.c, vector_store_batches.c, documents.c
MINE = sa.and_(s.id == sa.bindparam("which", type_=s.id.type), s.owner == sa.bindparam("whose"))
GET = sa.select(vector_stores).where(MINE)
PAGE = sa.select(vector_stores).where(s.owner == sa.bindparam("whose")).limit(sa.bindparam("most"))
IN_STORE = f.store_id == sa.bindparam("store", type_=s.id.type)
THIS_FILE = sa.and_(IN_STORE, f.document_id == sa.bindparam("document", type_=d.id.type))
FILES = (
    sa.select(documents, f.store_id, f.attributes, f.added_at).join(vector_store_files, f.document_id == d.id)
).where(IN_STORE)
BATCH = sa.select(vector_store_batches).where(
    b.id == sa.bindparam("batch", type_=b.id.type), b.store_id == sa.bindparam("store", type_=s.id.type)
)
COUNTS = (
    sa.select(f.store_id, d.status, sa.func.count().label("number"), sa.func.sum(d.size_bytes).label("bytes"))
    .join(documents, d.id == f.document_id)
    .join(vector_stores, s.id == f.store_id)
    .group_by(f.store_id, d.status)
)


def _put() -> sa.Insert:
    new = insert(vector_store_files)
    batch = sa.func.coalesce(new.excluded.batch_id, f.batch_id)
    return new.on_conflict_do_update(
        index_elements=[f.store_id, f.document_id], set_={"attributes": new.excluded.attributes, "batch_id": batch}
    )


PUT = _put()


class SqlVectorStores(Repository, VectorStoreRepository):
    @in_session(writes=True)
    def add(self, connection: sa.Connection, new: NewVectorStore) -> VectorStore:
        row = {
            "owner": new.owner,
            "name": new.name,
            "metadata": to_json(dict(new.metadata)),
            "expires_after_days": new.expires_after_days,
            "created_at": new.created_at,
            "last_active_at": new.created_at,
        }
        return _store(connection.execute(sa.insert(vector_stores).returning(*s), row).one())

    @in_session()
    def get(self, connection: sa.Connection, id: VectorStoreId, *, owner: OwnerId) -> VectorStore:
        return _own(connection, id, owner)

    @in_session(slow=True)
    def page(
        self,
        connection: sa.Connection,
        *,
        owner: OwnerId,
        after: VectorStoreId | None,
        descending: bool,
        limit: int,
    ) -> list[VectorStore]:
        statement = _behind(PAGE, s.id, after, descending)
        return [_store(row) for row in connection.execute(statement, {"whose": owner, "most": limit})]

    @in_session(writes=True)
    def change(self, connection: sa.Connection, store: VectorStore) -> None:
        values = {
            "name": store.name,
            "metadata": to_json(dict(store.metadata)),
            "expires_after_days": store.expires_after_days,
            "last_active_at": store.last_active_at,
        }
        change = sa.update(vector_stores).where(MINE).values(values)
        if connection.execute(change, {"which": store.id, "whose": store.owner}).rowcount == 0:
            raise VectorStoreNotFound(store.id)

    @in_session(writes=True, slow=True)
    def delete(self, connection: sa.Connection, id: VectorStoreId, *, owner: OwnerId) -> None:
        if connection.execute(sa.delete(vector_stores).where(MINE), {"which": id, "whose": owner}).rowcount == 0:
            raise VectorStoreNotFound(id)

    @in_session(writes=True, slow=True)
    def put(
        self,
        connection: sa.Connection,
        id: VectorStoreId,
        files: Mapping[DocumentId, Attributes],
        *,
        owner: OwnerId,
        at: datetime,
        batch: FileBatchId | None = None,
    ) -> None:
        _own(connection, id, owner)
        mine = sa.select(d.id).where(d.owner == owner, d.id.in_(files)).with_for_update(key_share=True)
        known = set(connection.execute(mine).scalars())
        for document in files:
            if document not in known:
                raise DocumentNotFound(document)
        same = {"store_id": id, "batch_id": batch, "added_at": at}
        rows = [{**same, "document_id": one, "attributes": to_json(dict(files[one]))} for one in files]
        if rows:
            connection.execute(PUT, rows)

    @in_session()
    def file(self, connection: sa.Connection, id: VectorStoreId, document: DocumentId, *, owner: OwnerId) -> StoreFile:
        _own(connection, id, owner)
        row = connection.execute(FILES.where(THIS_FILE), {"store": id, "document": document}).one_or_none()
        if row is None:
            raise DocumentNotFound(document)
        return _file(row)

    @in_session(slow=True)
    def files(
        self,
        connection: sa.Connection,
        id: VectorStoreId,
        *,
        owner: OwnerId,
        filter: FileFilter,
        after: DocumentId | None,
        descending: bool,
        limit: int,
    ) -> list[StoreFile]:
        _own(connection, id, owner)
        statement = _behind(FILES, f.document_id, after, descending).limit(limit)
        if filter.batch is not None:
            statement = statement.where(f.batch_id == filter.batch)
        if filter.statuses is not None:
            statement = statement.where(d.status.in_([status.value for status in filter.statuses]))
        return [_file(row) for row in connection.execute(statement, {"store": id})]

    @in_session(writes=True)
    def remove(self, connection: sa.Connection, id: VectorStoreId, document: DocumentId, *, owner: OwnerId) -> None:
        _own(connection, id, owner)
        delete = sa.delete(vector_store_files).where(THIS_FILE)
        if connection.execute(delete, {"store": id, "document": document}).rowcount == 0:
            raise DocumentNotFound(document)

    @in_session(slow=True)
    def attributes(
        self, connection: sa.Connection, id: VectorStoreId, *, owner: OwnerId
    ) -> Mapping[DocumentId, Attributes]:
        _own(connection, id, owner)
        rows = connection.execute(sa.select(f.document_id, f.attributes).where(IN_STORE), {"store": id})
        return {row.document_id: from_json(row.attributes) for row in rows}

    @in_session(slow=True)
    def counts(
        self,
        connection: sa.Connection,
        ids: Collection[VectorStoreId],
        *,
        owner: OwnerId,
        batch: FileBatchId | None = None,
    ) -> Mapping[VectorStoreId, FileCounts]:
        mine = sa.select(s.id).where(s.owner == owner, s.id.in_(ids))
        states: dict[VectorStoreId, dict[DocumentStatus, int]] = {id: {} for id in connection.execute(mine).scalars()}
        sizes = dict.fromkeys(states, 0)
        statement = COUNTS.where(s.owner == owner, s.id.in_(ids))
        for row in connection.execute(statement if batch is None else statement.where(f.batch_id == batch)):
            states[row.store_id][DocumentStatus(row.status)] = row.number
            sizes[row.store_id] += int(row.bytes)
        return {id: counts_of(numbers, sizes[id]) for id, numbers in states.items()}

    @in_session(writes=True)
    def add_batch(self, connection: sa.Connection, id: VectorStoreId, *, owner: OwnerId, at: datetime) -> FileBatch:
        _own(connection, id, owner)
        new = {"store_id": id, "created_at": at, "cancelled": False}
        return _batch(connection.execute(sa.insert(vector_store_batches).returning(*b), new).one())

    @in_session()
    def batch(self, connection: sa.Connection, id: VectorStoreId, batch: FileBatchId, *, owner: OwnerId) -> FileBatch:
        return _own_batch(connection, id, batch, owner)

    @in_session(writes=True)
    def cancel_batch(
        self, connection: sa.Connection, id: VectorStoreId, batch: FileBatchId, *, owner: OwnerId
    ) -> FileBatch:
        known = _own_batch(connection, id, batch, owner)
        change = sa.update(vector_store_batches).where(b.id == known.id).values(cancelled=True).returning(*b)
        return _batch(connection.execute(change).one())


def _own(connection: sa.Connection, id: VectorStoreId, owner: OwnerId) -> VectorStore:
    row = connection.execute(GET, {"which": id, "whose": owner}).one_or_none()
    if row is None:
        raise VectorStoreNotFound(id)
    return _store(row)


def _own_batch(connection: sa.Connection, id: VectorStoreId, batch: FileBatchId, owner: OwnerId) -> FileBatch:
    _own(connection, id, owner)
    row = connection.execute(BATCH, {"store": id, "batch": batch}).one_or_none()
    if row is None:
        raise FileBatchNotFound(batch)
    return _batch(row)


def _behind(statement: sa.Select[Any], id: sa.Column[Any], after: int | None, descending: bool) -> sa.Select[Any]:
    ordered = statement.order_by(id.desc() if descending else id)
    if after is None:
        return ordered
    return ordered.where(id < after if descending else id > after)


def _store(row: sa.Row[Any]) -> VectorStore:
    return VectorStore(
        id=row.id,
        owner=row.owner,
        name=row.name,
        created_at=row.created_at,
        last_active_at=row.last_active_at,
        metadata=from_json(row.metadata),
        expires_after_days=row.expires_after_days,
    )


def _file(row: sa.Row[Any]) -> StoreFile:
    return StoreFile(
        store_id=row.store_id,
        document=document_from_row(row),
        attributes=from_json(row.attributes),
        added_at=row.added_at,
    )


def _batch(row: sa.Row[Any]) -> FileBatch:
    return FileBatch(id=row.id, store_id=row.store_id, created_at=row.created_at, cancelled=row.cancelled)
