"""What the index says to a query, as `scoring.py` wants it."""

from collections.abc import Collection

import sqlalchemy as sa

from adapters.sql.columns import Ids
from adapters.sql.index_rows import find_index
from adapters.sql.knowledge_tables import documents
from adapters.sql.lists import ByKeys
from adapters.sql.postings import counts, read_entries, read_positions
from adapters.sql.scoring import Found
from domain.access import OwnerId
from domain.knowledge import DocumentId, DocumentStatus
from domain.retrieval.query import Query
from domain.retrieval.ranking import total_weight, weights

d = documents.c
OWN = (d.owner == sa.bindparam("whose"), d.indexed > 0)
IS_READY = sa.literal_column("documents.status") == sa.literal_column(f"'{DocumentStatus.READY.value}'")
RANGES = ByKeys([d.first, d.indexed], d.id, sa.bindparam("which", type_=Ids), *OWN, IS_READY)
UNREADY = (
    sa.select(d.first, d.indexed)
    .where(*OWN, sa.text(f"documents.status <> '{DocumentStatus.READY.value}'"))  # as the index has it
    .order_by(d.first)
)


def ranges_of(
    connection: sa.Connection, owner: OwnerId, documents: Collection[DocumentId] | None, last: int
) -> list[tuple[int, int]] | None:
    """The first and the last numbers of what may be found: chunks of these documents of the owner that are ready, or
    of all. None when that is everything, up to the `last` number that a chunk has."""
    if documents is not None:
        rows = RANGES.rows(connection, {"whose": owner, "which": documents})
        return [(row.first, row.first + row.indexed - 1) for row in rows]
    hidden = connection.execute(UNREADY, {"whose": owner}).all()
    if not hidden:
        return None
    starts = [1, *(row.first + row.indexed for row in hidden)]
    ends = [*(row.first - 1 for row in hidden), last]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start <= end]


def read(
    connection: sa.Connection, query: Query, owner: OwnerId, documents: Collection[DocumentId] | None
) -> Found | None:
    """None when nothing can be found. Read without a transaction, it may mix what is stored before and after a change:
    then a chunk is found or not, and its score is a little off."""
    index = find_index(connection, owner)
    if index is None or not index.chunks:
        return None
    ranges = ranges_of(connection, owner, documents, index.last_number)
    if ranges == []:
        return None
    found_in = counts(connection, index.id, query.terms)
    worth = weights(query, found_in, index.chunks)
    if not worth:
        return None
    lowest, highest = (1, index.last_number) if ranges is None else (min(ranges)[0], max(end for _, end in ranges))
    of_phrases = frozenset[str]().union(*(variants for phrase in query.phrases for variants in phrase))
    of_words = frozenset[str]().union(*(word.variants for word in worth))
    entries = read_entries(connection, index.id, of_words - of_phrases, lowest, highest)
    rows, positions = read_positions(connection, index.id, of_phrases, lowest, highest) if of_phrases else ({}, {})
    return Found(
        weights=worth,
        total_weight=total_weight(query, found_in, index.chunks),
        average_length=max(index.words / index.chunks, 1),
        entries=entries | rows,
        positions=positions,
        ranges=ranges,
    )
