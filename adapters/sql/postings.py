"""Writing, reading and taking out blocks of postings, by the same statements on both databases."""

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes
from sqlalchemy.engine import Dialect

from adapters.sql.blocks import MOST_IN_BLOCK, Block, split, without
from adapters.sql.knowledge_tables import document_terms, postings
from adapters.sql.lists import ByKeys, Terms, appended, rows_of

TERMS_AT_ONCE = 2_000

p, t = postings.c, document_terms.c
HERE = p.index_id == sa.bindparam("here")
WANTED = sa.bindparam("wanted", type_=Terms)
WITHIN = (p.last >= sa.bindparam("lowest"), p.first <= sa.bindparam("highest"))


def _newest_blocks() -> sa.Select[Any]:
    """The block of each term that chunks from `number` on may go to, if any: found by its key, whatever comes before.

    As two looks at one row, because SQLite would turn a join round and read every block there is.
    """
    term = rows_of(WANTED).c.value
    older = sa.and_(HERE, p.term == term, p.first <= sa.bindparam("number"))
    first, count = (sa.select(column).where(older).order_by(p.first.desc()).limit(1) for column in (p.first, p.count))
    return sa.select(term, first.scalar_subquery(), count.scalar_subquery())


def _blocks(*columns: sa.ColumnElement[Any]) -> ByKeys:
    return ByKeys([p.term, *columns], p.term, WANTED, HERE, *WITHIN)


def _append() -> sa.Insert:
    new = insert(postings)
    last = sa.case((new.excluded.last > p.last, new.excluded.last), else_=p.last)
    joined = {name: appended(p[name], new.excluded[name]) for name in ("entries", "positions")}
    grown = joined | {"last": last, "count": p.count + new.excluded.count}
    return new.on_conflict_do_update(index_elements=[p.index_id, p.term, p.first], set_=grown)


NEWEST_BLOCKS, APPEND = _newest_blocks(), _append()
COUNTS = ByKeys([p.term, sa.func.sum(p.count)], p.term, WANTED, HERE, grouped=True)
ENTRIES, POSITIONS = _blocks(p.entries), _blocks(p.entries, p.positions)
BLOCKS = _blocks(p.first, p.entries, p.positions)
THIS = sa.and_(HERE, p.term == sa.bindparam("which"), p.first == sa.bindparam("at"))
SHRINK = (
    sa.update(postings)
    .where(THIS)
    .values(count=sa.bindparam("left"), entries=sa.bindparam("kept"), positions=sa.bindparam("kept_positions"))
)
DROP = sa.delete(postings).where(THIS)
KEEP_TERMS = sa.insert(document_terms)
TERMS_OF = sa.select(t.first, t.last, t.terms).where(t.document_id == sa.bindparam("document"))
FORGET_TERMS = sa.delete(document_terms).where(t.document_id == sa.bindparam("document"))


def append(
    connection: sa.Connection, index_id: int, document_id: int, first: int, last: int, blocks: Mapping[str, Block]
) -> None:
    """Store what the chunks from `first` to `last` add to the postings, and the document's terms for `remove`."""
    for terms in _by_thousands(blocks):
        found = connection.execute(NEWEST_BLOCKS, {"here": index_id, "wanted": terms, "number": first})
        room = {term: (newest, MOST_IN_BLOCK - count) for term, newest, count in found if count}
        rows = [row for term in terms for row in _rows(index_id, term, blocks[term], *room.get(term, (0, 0)))]
        connection.exec_driver_sql(_append_as_text(connection.dialect), rows)
    packed = zlib.compress("\n".join(blocks).encode())
    connection.execute(KEEP_TERMS, {"document_id": document_id, "first": first, "last": last, "terms": packed})


def counts(connection: sa.Connection, index_id: int, terms: Collection[str]) -> dict[str, int]:
    """In how many of the owner's chunks each of the terms stands; those that stand nowhere are left out."""
    return {term: int(count) for term, count in COUNTS.rows(connection, {"here": index_id, "wanted": terms})}


def read_entries(
    connection: sa.Connection, index_id: int, terms: Collection[str], lowest: int, highest: int
) -> dict[str, list[bytes]]:
    """The entries of each term, of blocks with chunks from `lowest` to `highest` at least."""
    entries = defaultdict(list)
    within = {"here": index_id, "wanted": terms, "lowest": lowest, "highest": highest}
    for term, blob in ENTRIES.rows(connection, within):
        entries[term].append(blob)
    return entries


def read_positions(
    connection: sa.Connection, index_id: int, terms: Collection[str], lowest: int, highest: int
) -> tuple[dict[str, list[bytes]], dict[str, list[bytes]]]:
    """The entries and the positions of each term, block by block in the same order."""
    entries, positions = defaultdict(list), defaultdict(list)
    within = {"here": index_id, "wanted": terms, "lowest": lowest, "highest": highest}
    for term, blob, places in POSITIONS.rows(connection, within):
        entries[term].append(blob)
        positions[term].append(places)
    return entries, positions


def remove(connection: sa.Connection, index_id: int, document_id: int) -> None:
    """Take the document's chunks out of every block."""
    for row in connection.execute(TERMS_OF, {"document": document_id}).all():
        for terms in _by_thousands(zlib.decompress(row.terms).decode().split("\n")):
            _remove(connection, index_id, terms, row.first, row.last)
    connection.execute(FORGET_TERMS, {"document": document_id})


def _remove(connection: sa.Connection, index_id: int, terms: Sequence[str], first: int, last: int) -> None:
    within = {"here": index_id, "wanted": terms, "lowest": first, "highest": last}
    kept, dropped = [], []
    for term, at, entries, positions in BLOCKS.rows(connection, within):
        this = {"here": index_id, "which": term, "at": at}
        count, entries, positions = without(entries, positions, first, last)
        if count:
            kept.append(this | {"left": count, "kept": entries, "kept_positions": positions})
        else:
            dropped.append(this)
    for statement, rows in ((SHRINK, kept), (DROP, dropped)):
        if rows:
            connection.execute(statement, rows)


def _rows(index_id: int, term: str, block: Block, newest: int, room: int) -> Iterator[tuple[Any, ...]]:
    """In the order of the columns."""
    for place, piece in enumerate(split(block, room)):
        first = newest if place == 0 and room > 0 else piece.first
        entries, positions = b"".join(piece.entries), b"".join(piece.positions)
        yield index_id, term, first, piece.last, len(piece.entries), entries, positions


@lru_cache(maxsize=8)
def _append_as_text(dialect: Dialect) -> str:
    """A row takes a third of the time that it takes by way of SQLAlchemy's parameters, and there are many rows."""
    compiled = APPEND.compile(dialect=dialect, column_keys=p.keys())
    if compiled.positiontup != p.keys():
        raise RuntimeError("The parameters are not in the order of the columns")
    return str(compiled)


def _by_thousands(terms: Collection[str]) -> Iterator[list[str]]:
    rest = iter(terms)
    while some := list(islice(rest, TERMS_AT_ONCE)):
        yield some
