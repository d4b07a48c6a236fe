"""Uploaded documents in SQL."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.blob_ledger import BLOB_OF, TAKE, release_of
from adapters.sql.codec import from_json, to_json
from adapters.sql.document_rows import GET, MINE, changed_columns, d, from_row, new_row, own_row
from adapters.sql.index_rows import forget_chunks
from adapters.sql.knowledge_tables import document_outlines, document_texts, documents
from adapters.sql.outlines import outline_from, outline_of
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import runs
from application.ports.documents import DocumentRepository, NewDocument
from domain.access import OwnerId
from domain.blob import BlobId
from domain.errors import BlobLost, DocumentConflict
from domain.knowledge import Document, DocumentId, DocumentStatus
from domain.reading import MediaType, Page, Reading
from domain.run import ACTIVE

x, o, r = document_texts.c, document_outlines.c, runs.c
FIND = sa.select(documents).where(d.owner == sa.bindparam("whose"), d.digest == sa.bindparam("digest"))
INSERT = insert(documents).on_conflict_do_nothing(index_elements=[d.owner, d.digest]).returning(d.id)
PAGE = sa.select(documents).where(d.owner == sa.bindparam("whose")).order_by(d.id.desc()).limit(sa.bindparam("most"))
PAGE_BEFORE = PAGE.where(d.id < sa.bindparam("before"))
DELETE = sa.delete(documents).where(MINE)
STILL = sa.and_(
    d.status == sa.bindparam("old"), d.run_id.is_not_distinct_from(sa.bindparam("old_run", type_=d.run_id.type))
)
READING = (
    sa.select(x.media_type, x.text, x.pages, o.outline)
    .outerjoin(document_outlines, o.document_id == x.document_id)
    .where(x.document_id == sa.bindparam("document"))
)
AT_WORK = d.status.in_([status.value for status in DocumentStatus if status.is_active])
UNSETTLED = (
    sa.select(documents)
    .outerjoin(runs, r.id == d.run_id)
    .where(
        sa.text("documents.status <> 'ready'"),  # as the index has it
        sa.or_(
            sa.and_(AT_WORK, sa.or_(r.id.is_(None), r.status.not_in([status.value for status in ACTIVE]))),
            sa.and_(~AT_WORK, d.chunks > 0),
        ),
    )
    .order_by(d.id)
    .limit(sa.bindparam("most"))
)


def _keep(table: sa.Table, *names: str) -> sa.Insert:
    """Insert the row, or replace the document's."""
    new = insert(table)
    columns = {name: new.excluded[name] for name in names}
    return new.on_conflict_do_update(index_elements=[table.c.document_id], set_=columns)


KEEP_TEXT = _keep(document_texts, "media_type", "text", "pages")
KEEP_OUTLINE = _keep(document_outlines, "outline")


class SqlDocumentRepository(Repository, DocumentRepository):
    @in_session(writes=True, slow=True)
    def add(self, connection: sa.Connection, new: NewDocument) -> tuple[Document, bool]:
        id = connection.execute(INSERT, new_row(new)).scalar_one_or_none()
        if id is None:
            row = connection.execute(FIND, {"whose": new.owner, "digest": new.digest}).one()
            return from_row(row), False
        if connection.execute(TAKE, {"blob": new.blob, "document": id}).rowcount == 0:
            raise BlobLost
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
    def blob(self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId) -> BlobId:
        own_row(connection, id, owner)
        return BlobId(connection.execute(BLOB_OF, {"document": id}).scalar_one())

    @in_session(writes=True, slow=True)
    def keep_reading(self, connection: sa.Connection, id: DocumentId, reading: Reading, *, owner: OwnerId) -> None:
        own_row(connection, id, owner)
        pages = to_json([[page.start, page.end, page.number] for page in reading.pages])
        row = {"document_id": id, "media_type": reading.media_type.value, "text": reading.text, "pages": pages}
        connection.execute(KEEP_TEXT, row)
        connection.execute(KEEP_OUTLINE, {"document_id": id, "outline": outline_of(reading)})

    @in_session(slow=True)
    def reading(self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId) -> Reading | None:
        own_row(connection, id, owner)
        row = connection.execute(READING, {"document": id}).one_or_none()
        if row is None:
            return None
        pages = tuple(Page(*page) for page in from_json(row.pages))
        outline = outline_from(row.outline) if row.outline else {}
        return Reading(text=row.text, media_type=MediaType(row.media_type), pages=pages, **outline)

    @in_session(writes=True, slow=True)
    def delete(self, connection: sa.Connection, id: DocumentId, *, owner: OwnerId) -> None:
        forget_chunks(connection, own_row(connection, id, owner, hold=True))
        release_of(connection, id)
        connection.execute(DELETE, {"which": id, "whose": owner})

    @in_session(slow=True)
    def unsettled(self, connection: sa.Connection, *, limit: int) -> list[Document]:
        return [from_row(row) for row in connection.execute(UNSETTLED, {"most": limit})]
