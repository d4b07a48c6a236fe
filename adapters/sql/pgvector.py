"""Vectors in pgvector: a table of their own for each generation, searched by HNSW when an owner has very many.

The tables are made and dropped with their generations and are in no migration: they need the extension, which a
Postgres may lack, and their type has the length of the vectors in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

from adapters.sql.codec import to_json
from adapters.sql.vector_bytes import unit
from application.ports.vector_index import VectorHit
from domain.knowledge import ChunkId

NEEDED = (0, 8)
"""The first version that goes on searching when a filter leaves too few."""
MOST_DIMENSIONS = 4_000
"""The most that an HNSW index over 16-bit numbers takes."""
EXACT_UP_TO = 20_000
"""So many vectors are compared one by one, in about 15 ms: exact, and independent of what everybody else has."""
CANDIDATES = 200

INSTALLED = sa.text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
BIGINTS = ARRAY(sa.BigInteger)
RANGES = (sa.bindparam("firsts", type_=BIGINTS), sa.bindparam("lasts", type_=BIGINTS))
VECTOR = sa.bindparam("vector", type_=sa.Text)
LIMITS = [f"SET LOCAL hnsw.ef_search = {CANDIDATES}", "SET LOCAL hnsw.iterative_scan = strict_order"]


def version(connection: sa.Connection) -> str | None:
    """The extension's, installed now if it can be; None when it is not there or too old."""
    if connection.dialect.name != "postgresql":
        return None
    installed = connection.execute(INSTALLED).scalar_one_or_none()
    if installed is None:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector")
        except DBAPIError:  # the server has none, or this user may not install it
            return None
        installed = str(connection.execute(INSTALLED).scalar_one())
    return installed if tuple(map(int, installed.split(".")[:2])) >= NEEDED else None


def create(connection: sa.Connection, generation_id: int, dimensions: int) -> None:
    table = _name(generation_id)
    connection.exec_driver_sql(
        f"""CREATE TABLE {table} (
            index_id bigint, number bigint, embedding halfvec({int(dimensions)}) NOT NULL,
            PRIMARY KEY (index_id, number),
            FOREIGN KEY (index_id, number) REFERENCES chunks (index_id, number) ON DELETE CASCADE)"""
    )
    connection.exec_driver_sql(f"CREATE INDEX ON {table} USING hnsw (embedding halfvec_ip_ops)")


def drop(connection: sa.Connection, generation_id: int) -> None:
    connection.exec_driver_sql(f"DROP TABLE {_name(generation_id)}")


def insert(
    connection: sa.Connection, generation_id: int, index_id: int, vectors: Mapping[ChunkId, Sequence[float]]
) -> None:
    """Those whose chunk is there and has none yet."""
    statement = _text_of(
        """INSERT INTO {table} SELECT index_id, number, CAST(:vector AS halfvec) FROM chunks
        WHERE index_id = :here AND number = :number ON CONFLICT DO NOTHING""",
        generation_id,
    )
    rows = [{"here": index_id, "number": number, "vector": to_text(vector)} for number, vector in vectors.items()]
    connection.execute(statement.bindparams(VECTOR), rows)


def lacks(generation_id: int, index_id: sa.ColumnElement[int], number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The condition that a chunk has no vector in this generation."""
    table = sa.table(_name(generation_id), sa.column("index_id"), sa.column("number"))
    return ~sa.exists().where(table.c.index_id == index_id, table.c.number == number)


def find(
    connection: sa.Connection,
    generation_id: int,
    index_id: int,
    vector: Sequence[float],
    ranges: Sequence[tuple[int, int]],
    limit: int,
) -> list[VectorHit]:
    """The nearest of the vectors in these ranges, compared one by one or, when they may be too many, by the graph."""
    firsts, lasts = zip(*ranges, strict=True)
    values = {"here": index_id, "vector": to_text(vector), "most": limit, "firsts": firsts, "lasts": lasts}
    if sum(lasts) - sum(firsts) >= EXACT_UP_TO:
        with _limits(connection):
            found = _hits(connection.execute(graph_search(generation_id), values))
        if len(found) == limit:  # else too few of the owner's were met among everybody's
            return found
    return _hits(connection.execute(_one_by_one(generation_id), values))


def to_text(vector: Sequence[float]) -> str:
    return to_json(unit(vector).tolist())


def graph_search(generation_id: int) -> sa.TextClause:
    """The order is that of the HNSW index, word for word."""
    return _text_of(
        """SELECT number, -(embedding <#> CAST(:vector AS halfvec)) FROM {table}
        WHERE index_id = :here
        AND EXISTS (SELECT FROM unnest(:firsts, :lasts) AS range (first, last) WHERE number BETWEEN first AND last)
        ORDER BY embedding <#> CAST(:vector AS halfvec) LIMIT :most""",
        generation_id,
    ).bindparams(VECTOR, *RANGES)


def _one_by_one(generation_id: int) -> sa.TextClause:
    """The sum in the order keeps the planner from the graph, the offset from reading the table once for each range."""
    return _text_of(
        """SELECT number, -(embedding <#> CAST(:vector AS halfvec))
        FROM unnest(:firsts, :lasts) AS range (first, last)
        CROSS JOIN LATERAL (
            SELECT number, embedding FROM {table} WHERE index_id = :here AND number BETWEEN first AND last OFFSET 0
        ) AS within
        ORDER BY (embedding <#> CAST(:vector AS halfvec)) + 0, number LIMIT :most""",
        generation_id,
    ).bindparams(VECTOR, *RANGES)


@contextmanager
def _limits(connection: sa.Connection) -> Iterator[None]:
    """How the graph is walked, until the transaction ends; one is made around it when there is none."""
    alone = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    try:
        for statement in ["BEGIN", *LIMITS] if alone else LIMITS:
            connection.exec_driver_sql(statement)
        yield
    finally:
        if alone:
            connection.exec_driver_sql("COMMIT")


def _hits(rows: Iterable[Any]) -> list[VectorHit]:
    return [VectorHit(ChunkId(number), similarity) for number, similarity in rows]


def _name(generation_id: int) -> str:
    return f"vectors_{int(generation_id)}"


def _text_of(statement: str, generation_id: int) -> sa.TextClause:
    return sa.text(statement.format(table=_name(generation_id)))
