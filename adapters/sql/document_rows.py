"""Rows of documents: finding one's own, and what they say."""

from typing import Any

import sqlalchemy as sa

from adapters.sql.columns import Id
from adapters.sql.knowledge_tables import documents
from application.ports.documents import NewDocument
from domain.access import OwnerId
from domain.errors import DocumentNotFound
from domain.knowledge import Document, DocumentId, DocumentStatus
from domain.reading import MediaType
from domain.run import Problem

d = documents.c
MINE = sa.and_(d.id == sa.bindparam("which", type_=Id), d.owner == sa.bindparam("whose"))
GET = sa.select(documents).where(MINE)
GET_AND_HOLD = GET.with_for_update()


def own_row(connection: sa.Connection, id: DocumentId, owner: OwnerId, *, hold: bool = False) -> sa.Row[Any]:
    """The owner's document, which with `hold` nobody else changes until the transaction ends; DocumentNotFound."""
    row = connection.execute(GET_AND_HOLD if hold else GET, {"which": id, "whose": owner}).one_or_none()
    if row is None:
        raise DocumentNotFound(id)
    return row


def from_row(row: sa.Row[Any]) -> Document:
    return Document(
        id=row.id,
        owner=row.owner,
        filename=row.filename,
        digest=row.digest,
        size_bytes=row.size_bytes,
        created_at=row.created_at,
        updated_at=row.updated_at,
        status=DocumentStatus(row.status),
        media_type=MediaType(row.media_type) if row.media_type else None,
        title=row.title,
        pages=row.pages,
        chunks=row.chunks,
        indexed=row.indexed,
        problem=Problem(row.problem_code, row.problem_message) if row.problem_code else None,
        language=row.language,
        strategy=row.strategy,
        version=row.version,
        run_id=row.run_id,
    )


def new_row(new: NewDocument) -> dict[str, Any]:
    nothing_yet = dict.fromkeys(("pages", "version", "first", "chunks", "indexed", "words"), 0)
    return {
        **nothing_yet,
        "owner": new.owner,
        "digest": new.digest,
        "filename": new.filename,
        "media_type": new.media_type and new.media_type.value,
        "size_bytes": new.size_bytes,
        "status": DocumentStatus.QUEUED.value,
        "title": "",
        "language": "",
        "strategy": new.strategy,
        "created_at": new.created_at,
        "updated_at": new.created_at,
    }


def changed_columns(document: Document) -> dict[str, Any]:
    return {
        "status": document.status.value,
        "problem_code": document.problem and document.problem.code,
        "problem_message": document.problem and document.problem.message,
        "media_type": document.media_type and document.media_type.value,
        "title": document.title,
        "pages": document.pages,
        "language": document.language,
        "strategy": document.strategy,
        "run_id": document.run_id,
        "updated_at": document.updated_at,
    }
