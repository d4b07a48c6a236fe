"""Rows of chunks, and the passages that they are."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from adapters.sql.codec import from_json, to_json
from adapters.sql.columns import Id, Ids
from adapters.sql.knowledge_tables import chunks, documents, search_indexes
from adapters.sql.lists import ByKeys
from domain.knowledge import Chunk, ChunkKind
from domain.retrieval.passage import Passage

c, d, i = chunks.c, documents.c, search_indexes.c
OF_OWNER = c.index_id == sa.select(i.id).where(i.owner == sa.bindparam("whose")).scalar_subquery()
CHUNKS = ByKeys(list(c), c.number, sa.bindparam("numbers", type_=Ids), OF_OWNER)
DOCUMENTS = ByKeys([d.id, d.filename, d.title, d.version], d.id, sa.bindparam("which", type_=Ids))
OF_DOCUMENT = (
    sa.select(chunks)
    .where(c.document_id == sa.bindparam("document", type_=Id), c.number >= sa.bindparam("from_number"))
    .order_by(c.number)
    .limit(sa.bindparam("most"))
)


def chunk_row(index_id: int, number: int, document_id: int, chunk: Chunk) -> dict[str, Any]:
    return {
        "index_id": index_id,
        "number": number,
        "document_id": document_id,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "kind": chunk.kind.value,
        "prefix": chunk.prefix,
        "heading_path": to_json(chunk.heading_path),
        "first_page": chunk.first_page,
        "last_page": chunk.last_page,
    }


def chunk_from_row(row: sa.Row[Any]) -> Chunk:
    return Chunk(
        start=row.start,
        end=row.end,
        text=row.text,
        kind=ChunkKind(row.kind),
        prefix=row.prefix,
        heading_path=tuple(from_json(row.heading_path)),
        first_page=row.first_page,
        last_page=row.last_page,
    )


def passages_in(connection: sa.Connection, rows: Iterable[sa.Row[Any]]) -> list[Passage]:
    """The passages of these rows of chunks, in their order."""
    rows = list(rows)
    found = DOCUMENTS.rows(connection, {"which": {row.document_id for row in rows}})
    of = {document.id: document for document in found}
    return [
        Passage(
            id=row.number,
            document_id=row.document_id,
            filename=of[row.document_id].filename,
            title=of[row.document_id].title,
            version=of[row.document_id].version,
            chunk=chunk_from_row(row),
        )
        for row in rows
        if row.document_id in of
    ]
