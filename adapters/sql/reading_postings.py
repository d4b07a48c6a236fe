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
from domain.knowledge import DocumentId
from domain.retrieval.query import Query
from domain.retrieval.ranking import total_weight, weights

d = documents.c
OWN = (d.owner == sa.bindparam("whose"), d.indexed > 0)
RANGES = ByKeys([d.first, d.indexed], d.id, sa.bindparam("which", type_=Ids), *OWN)


def ranges_of(connection: sa.Connection, owner: OwnerId, documents: Collection[DocumentId]) -> list[tuple[int, int]]:
    """The first and the last number of each document's chunks; those of others have none."""
    rows = RANGES.rows(connection, {"whose": owner, "which": documents})
    return [(row.first, row.first + row.indexed - 1) for row in rows]


def read(
    connection: sa.Connection, query: Query, owner: OwnerId, documents: Collection[DocumentId] | None
) -> Found | None:
    """None when nothing can be found. Read without a transaction, it may mix what is stored before and after a change:
    then a chunk is found or not, and its score is a little off."""
    index = find_index(connection, owner)
    ranges = None if documents is None else ranges_of(connection, owner, documents)
    if index is None or not index.chunks or ranges == []:
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
