"""Where vectors are kept and how they are searched, for what tests/contract cannot ask."""

import random
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy as sa

from adapters.sql import pgvector, vector_scan
from adapters.sql.database import SqlDatabase
from adapters.sql.migrate import migrate
from adapters.sql.vector_bytes import matrix_of, to_bytes
from adapters.sql.vector_cache import Loaded, VectorCache
from application.ports.vector_index import Generation, VectorHit
from domain.knowledge import Document
from tests.support.builders import BOB
from tests.support.knowledge import add_document, embed, generation_of, index, nearest, store

SIZE = 8


def random_vector(rng: random.Random) -> list[float]:
    return [rng.gauss(0, 1) for _ in range(SIZE)]


async def many(database: SqlDatabase, count: int = 300) -> tuple[Generation, Document]:
    rng = random.Random(3)
    generation = await generation_of(database, "eight", SIZE)
    document = await store(database, "many", *["same"] * count)
    await embed(database, generation, document, *(random_vector(rng) for _ in range(count)))
    return generation, document


@pytest.fixture
async def plain_postgres(fresh_postgres: str) -> AsyncIterator[str]:
    """A database whose user may install no extension."""
    name = f"plain_{uuid4().hex}"
    database = urlsplit(fresh_postgres).path[1:]
    connection = await asyncpg.connect(fresh_postgres)
    await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'plain'")
    await connection.execute(f"GRANT ALL ON SCHEMA public TO {name}; REVOKE CREATE ON DATABASE {database} FROM PUBLIC")
    parts = urlsplit(fresh_postgres)
    host = parts.netloc.rpartition("@")[2]
    yield urlunsplit(parts._replace(netloc=f"{name}:plain@{host}"))
    await connection.execute(f"DROP OWNED BY {name} CASCADE; DROP ROLE {name}")
    await connection.close()


async def test_without_pgvector_everything_is_found_all_the_same(plain_postgres: str) -> None:
    database = SqlDatabase.connect(plain_postgres)
    await migrate(database)
    generation, document = await many(database, 20)
    assert "without pgvector" in generation.method
    assert len(await nearest(database, generation, [1.0] * SIZE, limit=15)) == 15
    await index(database, document, "anew")
    assert await nearest(database, generation, [1.0] * SIZE) == []
    await database.dispose()


async def test_with_pgvector_vectors_are_kept_there(postgres: SqlDatabase) -> None:
    generation, _ = await many(postgres, 20)
    assert generation.method.startswith("pgvector")

    def counts(connection: sa.Connection) -> tuple[int, int]:
        here, there = (f"SELECT count(*) FROM {name}" for name in (f"vectors_{generation.id}", "vectors"))
        return connection.execute(sa.text(here)).scalar_one(), connection.execute(sa.text(there)).scalar_one()

    async with postgres.backend.read() as session:
        assert await session.run(counts, slow=False) == (20, 0)


async def test_more_numbers_than_its_graph_takes_are_kept_as_bytes(postgres: SqlDatabase) -> None:
    generation = await generation_of(postgres, "long", pgvector.MOST_DIMENSIONS + 1)
    assert "exact scan" in generation.method


async def test_the_graph_finds_what_comparing_one_by_one_finds(
    postgres: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation, document = await many(postgres)
    rng = random.Random(4)
    for documents in (None, [document.id]):
        for _ in range(3):
            towards = random_vector(rng)
            exact = await nearest(postgres, generation, towards, documents=documents, limit=10)
            with monkeypatch.context() as patched:
                patched.setattr(pgvector, "EXACT_UP_TO", 0)
                found = await nearest(postgres, generation, towards, documents=documents, limit=10)
            assert len(found) == 10
            assert len({hit.id for hit in found} & {hit.id for hit in exact}) >= 9
            assert [hit.similarity for hit in found] == sorted((hit.similarity for hit in found), reverse=True)


async def test_the_graph_is_walked_by_an_index(postgres: SqlDatabase) -> None:
    generation, _ = await many(postgres)

    def explain(connection: sa.Connection) -> str:
        statement = pgvector.graph_search(generation.id).text
        for name, value in (
            ("vector", f"'{[1.0] * SIZE}'"),
            ("firsts", "'{1}'::bigint[]"),
            ("lasts", "'{300}'::bigint[]"),
        ):
            statement = statement.replace(f":{name}", value)
        statement = statement.replace(":here", "1").replace(":most", "10")
        connection.exec_driver_sql("SET enable_sort = off")
        return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}"))

    async with postgres.backend.begin() as session:
        plan = await session.run(explain, slow=True)
    assert f"Index Scan using vectors_{generation.id}_embedding_idx" in plan, plan


async def test_an_owner_of_few_is_found_among_very_many(postgres: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pgvector, "EXACT_UP_TO", 0)
    generation, _ = await many(postgres)
    document = await store(postgres, "bob's", "one", "two", owner=BOB)
    await embed(postgres, generation, document, [9.0] * SIZE, [-9.0] * SIZE)
    assert len(await nearest(postgres, generation, [1.0] * SIZE, owner=BOB, limit=10)) == 2


async def test_a_generation_that_is_replaced_takes_its_table_along(postgres: SqlDatabase) -> None:
    old, document = await many(postgres, 2)
    new = await generation_of(postgres, "new", 3)
    await embed(postgres, new, document, [1.0, 0, 0], [0, 1.0, 0])
    async with postgres.begin() as tx:
        assert await tx.vectors.make_current(new)
        await tx.commit()
    async with postgres.backend.read() as session:
        tables = await session.run(lambda connection: sa.inspect(connection).get_table_names(), slow=False)
    assert f"vectors_{new.id}" in tables
    assert f"vectors_{old.id}" not in tables


@pytest.mark.parametrize("cache_bytes", [0, 64 * 1024 * 1024], ids=["none", "all"])
async def test_with_or_without_room_in_memory_the_same_is_found(
    sqlite: SqlDatabase, cache_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation, document = await many(sqlite)
    expected = await nearest(sqlite, generation, [1.0] * SIZE, limit=7)
    monkeypatch.setattr(vector_scan, "AT_ONCE", 64)
    sqlite._vectors = VectorCache(cache_bytes)
    for documents in (None, [document.id]):
        found = await nearest(sqlite, generation, [1.0] * SIZE, documents=documents, limit=7)
        assert _rounded(found) == _rounded(expected)


async def test_only_what_has_changed_is_read_again(sqlite: SqlDatabase) -> None:
    generation, _ = await many(sqlite)
    await nearest(sqlite, generation, [1.0] * SIZE)
    loaded = sqlite._vectors.get((generation.id, 1))
    assert loaded
    await nearest(sqlite, generation, [1.0] * SIZE)
    assert sqlite._vectors.get((generation.id, 1)) is loaded
    document = await add_document(sqlite, b"another")
    await embed(sqlite, generation, await index(sqlite, document, "one"), [1.0] * SIZE)
    (best,) = await nearest(sqlite, generation, [1.0] * SIZE, limit=1)
    assert best.similarity == pytest.approx(1, abs=1e-3)


def test_a_vector_comes_back_with_length_one() -> None:
    assert matrix_of([to_bytes([3.0, 4.0])], 2).tolist() == [pytest.approx([0.6, 0.8], abs=1e-3)]
    assert matrix_of([to_bytes([0.0, 0.0])], 2).tolist() == [[0.0, 0.0]]


def test_the_cache_forgets_what_was_asked_for_longest_ago() -> None:
    matrix = matrix_of([to_bytes([1.0, 0.0])] * 10, 2)
    entry = Loaded(1, matrix[:, 0].astype("i8"), matrix)
    cache = VectorCache(2 * matrix.nbytes)
    assert cache.holds(20, 2)
    assert not cache.holds(21, 2)
    cache.put((1, 1), entry)
    cache.put((1, 2), entry)
    assert cache.get((1, 1))
    cache.put((1, 3), entry)
    assert [cache.get((1, n)) is not None for n in (1, 2, 3)] == [True, False, True]


def _rounded(hits: list[VectorHit]) -> list[tuple[int, float]]:
    return [(hit.id, round(hit.similarity, 5)) for hit in hits]
