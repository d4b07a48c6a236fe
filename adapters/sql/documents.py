"""Uploaded documents in SQL."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.codec import from_json, to_json
from adapters.sql.document_rows import GET, MINE, changed_columns, d, from_row, new_row, own_row
from adapters.sql.index_rows import forget_chunks
from adapters.sql.knowledge_tables import document_bytes, document_texts, documents
from adapters.sql.session import Repository, in_session
from application.ports.documents import DocumentRepository, NewDocument
from domain.access import OwnerId
from domain.errors import DocumentConflict
from domain.knowledge import Document, DocumentId
from domain.reading import MediaType, Page, Reading

BYTES_IN_PART = 256 * 1024
"""A value is copied several times on its way to a database, and one of a gigabyte is refused."""

b, x = document_bytes.c, document_texts.c
FIND = sa.select(documents).where(d.owner == sa.bindparam("whose"), d.digest == sa.bindparam("digest"))
INSERT = insert(documents).on_conflict_do_nothing(index_elements=[d.owner, d.digest]).returning(d.id)
PAGE = sa.select(documents).where(d.owner == sa.bindparam("whose")).order_by(d.id.desc()).limit(sa.bindparam("most"))
PAGE_BEFORE = PAGE.where(d.id < sa.bindparam("before"))
DELETE = sa.delete(documents).where(MINE)
STILL = sa.and_(
    d.status == sa.bindparam("old"), d.run_id.is_not_distinct_from(sa.bindparam("old_run", type_=d.run_id.type))
)
INSERT_BYTES = sa.insert(document_bytes)
BYTES = sa.select(b.data).where(b.document_id == sa.bindparam("document")).order_by(b.part)
READING = sa.select(x.media_type, x.text, x.pages).where(x.document_id == sa.bindparam("document"))


def _keep_reading() -> sa.Insert:
    new = insert(document_texts)
    columns = {name: new.excluded[name] for name in ("media_type", "text", "pages")}
    return new.on_conflict_do_update(index_elements=[x.document_id], set_=columns)


KEEP_READING = _keep_reading()


class SqlDocumentRepository(Repository, DocumentRepository):
    @in_session(writes=True, slow=True)
    def add(self, connection: sa.Connection, new: NewDocument, content: bytes) -> tuple[Document, bool]:
        id = connection.execute(INSERT, new_row(new)).scalar_one_or_none()
        if id is None:
            row = connection.execute(FIND, {"whose": new.owner, "digest": new.digest}).one()
            return from_row(row), False
        for part, start in enumerate(range(0, len(content), BYTES_IN_PART)):
            data = content[start : start + BYTES_IN_PART]
            connection.execute(INSERT_BYTES, {"document_id": id, "part": part, "data": data})
        return from_row(connection.execute(GET, {"which": id, "whose": new.owner}).one()), True

    @in_session()
    def get(self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId) -> Document:
        return from_row(own_row(connection, id, owner, hold=self._session.writable))

    @in_session(slow=True)
    def page(
        self, connection: sa.Connection, *, owner: OwnerId, before: DocumentId | None, limit: int
    ) -> list[Document]:
        if before is None:
            rows = connection.execute(PAGE, {"whose": owner, "most": limit})
        else:
            rows = connection.execute(PAGE_BEFORE, {"whose": owner, "most": limit, "before": before})
        return [from_row(row) for row in rows]

    @in_session(writes=True)
    def change(self, connection: sa.Connection, document: Document, *, was: Document) -> None:
        this = {"which": document.id, "whose": document.owner, "old": was.status.value, "old_run": was.run_id}
        change = sa.update(documents).where(MINE, STILL).values(changed_columns(document))
        if connection.execute(change, this).rowcount == 0:
            raise DocumentConflict(own_row(connection, document.id, document.owner).status, document.status)

    @in_session(slow=True)
    def content(self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId) -> bytes:
        own_row(connection, id, owner)
        return b"".join(connection.execute(BYTES, {"document": id}).scalars())

    @in_session(writes=True, slow=True)
    def keep_reading(self, connection: sa.Connection, id: DocumentId, reading: Reading, *, owner: OwnerId) -> None:
        own_row(connection, id, owner)
        pages = to_json([[page.start, page.end, page.number] for page in reading.pages])
        row = {"document_id": id, "media_type": reading.media_type.value, "text": reading.text, "pages": pages}
        connection.execute(KEEP_READING, row)

    @in_session(slow=True)
    def reading(self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId) -> Reading | None:
        own_row(connection, id, owner)
        row = connection.execute(READING, {"document": id}).one_or_none()
        if row is None:
            return None
        pages = tuple(Page(*page) for page in from_json(row.pages))
        return Reading(text=row.text, media_type=MediaType(row.media_type), pages=pages)

    @in_session(writes=True, slow=True)
    def delete(self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId) -> None:
        forget_chunks(connection, own_row(connection, id, owner, hold=True))
        connection.execute(DELETE, {"which": id, "whose": owner})
