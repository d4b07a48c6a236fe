"""Rows of chunks, and the passages that they are."""

from typing import Any

import sqlalchemy as sa

from adapters.sql.codec import from_json, to_json
from adapters.sql.columns import Id, Ids
from adapters.sql.functions import each_of
from adapters.sql.knowledge_tables import chunks, documents
from domain.knowledge import Chunk, ChunkKind
from domain.retrieval.passage import Passage

c, d = chunks.c, documents.c
SELECT = sa.select(chunks, d.filename, d.title, d.version).join(documents, d.id == c.document_id)
PASSAGES = SELECT.where(
    d.owner == sa.bindparam("whose"), c.number.op("IN")(each_of(sa.bindparam("numbers", type_=Ids)))
)
PASSAGES_OF = (
    SELECT.where(c.document_id == sa.bindparam("document", type_=Id), c.number >= sa.bindparam("from_number"))
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


def passage_from_row(row: sa.Row[Any]) -> Passage:
    return Passage(
        id=row.number,
        document_id=row.document_id,
        filename=row.filename,
        title=row.title,
        version=row.version,
        chunk=chunk_from_row(row),
    )
