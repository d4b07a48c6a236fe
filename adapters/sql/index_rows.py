"""The row of an owner's search index: it numbers the chunks, counts them, and is held by whoever changes them.

The row of a document is always held before that of the index, so that no two wait for one another.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql import postings
from adapters.sql.knowledge_tables import chunks, documents, search_indexes
from domain.access import OwnerId

i = search_indexes.c
OWN = i.owner == sa.bindparam("whose")
FIND = sa.select(search_indexes).where(OWN)
EMPTY = {"last_number": 0, "chunks": 0, "words": 0, "revision": 0}
CREATE = insert(search_indexes).on_conflict_do_nothing(index_elements=[i.owner])
RESERVE = (
    sa.update(search_indexes)
    .where(OWN)
    .values(last_number=i.last_number + sa.bindparam("more"))
    .returning(i.last_number)
)
GROW = (
    sa.update(search_indexes)
    .where(OWN)
    .values(chunks=i.chunks + sa.bindparam("more_chunks"), words=i.words + sa.bindparam("more_words"))
    .returning(i.id)
)
TOUCH = sa.update(search_indexes).where(OWN).values(revision=i.revision + 1).returning(i.id)
DROP_CHUNKS = sa.delete(chunks).where(chunks.c.document_id == sa.bindparam("document"))
NOTHING_INDEXED = (
    sa.update(documents).where(documents.c.id == sa.bindparam("document")).values(first=0, chunks=0, indexed=0, words=0)
)


def find_index(connection: sa.Connection, owner: OwnerId) -> sa.Row[Any] | None:
    return connection.execute(FIND, {"whose": owner}).one_or_none()


def reserve(connection: sa.Connection, owner: OwnerId, count: int) -> int:
    """The first of so many numbers in a row that no chunk of the owner has had."""
    connection.execute(CREATE, EMPTY | {"owner": owner})
    last: int = connection.execute(RESERVE, {"whose": owner, "more": count}).scalar_one()
    return last - count + 1


def grow(connection: sa.Connection, owner: OwnerId, *, chunks: int, words: int) -> int:
    """Count so many chunks and words more, or fewer; the index's id."""
    values = {"whose": owner, "more_chunks": chunks, "more_words": words}
    id: int = connection.execute(GROW, values).scalar_one()
    return id


def touch(connection: sa.Connection, owner: OwnerId) -> int | None:
    """Note that the owner's vectors have changed; the index's id, if there is one."""
    return connection.execute(TOUCH, {"whose": owner}).scalar_one_or_none()


def forget_chunks(connection: sa.Connection, document: sa.Row[Any]) -> None:
    """Take the chunks of this document, whose row is held, out of everything that finds them; vectors go with them."""
    if not document.chunks:
        return
    index_id = grow(connection, document.owner, chunks=-document.indexed, words=-document.words)
    touch(connection, document.owner)
    postings.remove(connection, index_id, document.id)
    connection.execute(DROP_CHUNKS, {"document": document.id})
    connection.execute(NOTHING_INDEXED, {"document": document.id})
