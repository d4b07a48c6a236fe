"""What is old by the database's clock: keys and workers are forgotten, and events in lots that hold nobody up."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from adapters.sql.database import SqlDatabase
from adapters.sql.functions import seconds_ago
from adapters.sql.run_log import FORGOTTEN_AT_ONCE
from adapters.sql.tables import idempotency_keys, runs, workers
from domain.errors import KeyInUse
from domain.idempotency import KEPT_SECONDS, KeyUse, StoredAnswer
from tests.support.builders import ONE, TWO, add_conversation, ask, exchange, key, stored_run

ANSWERED = KeyUse(answer=StoredAnswer(200, "text/plain", b"Because."))


async def make_older(database: SqlDatabase, column: sa.Column[object], seconds: float) -> None:
    """As if that time had passed since."""
    statement = sa.update(column.table).values({column: seconds_ago("age")})
    async with database.backend.begin() as session:
        await session.run(lambda connection: connection.execute(statement, {"age": seconds}), slow=False)
        await session.commit()


async def count(database: SqlDatabase, table: sa.Table) -> int:
    counted = sa.select(sa.func.count()).select_from(table)
    async with database.backend.read() as session:
        return await session.run(lambda connection: connection.execute(counted).scalar_one(), slow=False)


async def keep(database: SqlDatabase, use: KeyUse = ANSWERED, name: str = "a key") -> None:
    async with database.begin() as tx:
        await tx.keys.keep(key(name), use)
        await tx.commit()


async def find(database: SqlDatabase, *, lease_seconds: float = 60) -> KeyUse | None:
    async with database.begin() as tx:
        return await tx.keys.find(key(), lease_seconds=lease_seconds)


async def test_a_key_is_kept_for_a_day_and_no_longer(sql: SqlDatabase) -> None:
    await keep(sql)
    await make_older(sql, idempotency_keys.c.created_at, KEPT_SECONDS - 5)
    assert await find(sql) == ANSWERED
    with pytest.raises(KeyInUse):
        await keep(sql)
    await make_older(sql, idempotency_keys.c.created_at, KEPT_SECONDS)
    assert await find(sql) is None
    await keep(sql)
    assert await find(sql) == ANSWERED
    await make_older(sql, idempotency_keys.c.created_at, 5)
    assert await find(sql) == ANSWERED


async def test_a_day_is_counted_from_the_first_use(sql: SqlDatabase) -> None:
    await sql.workers.beat(ONE)
    await keep(sql, KeyUse(worker_id=ONE))
    await make_older(sql, idempotency_keys.c.created_at, KEPT_SECONDS - 1000)
    await keep(sql, KeyUse(answer=ANSWERED.answer, worker_id=ONE))
    async with sql.backend.read() as session:
        old = sa.select(sa.func.count()).where(idempotency_keys.c.created_at <= seconds_ago("age"))
        age = {"age": KEPT_SECONDS - 1001.0}
        assert await session.run(lambda connection: connection.execute(old, age).scalar_one(), slow=False) == 1


async def test_old_keys_are_dropped_and_others_are_not(sql: SqlDatabase) -> None:
    for n in range(5):
        await keep(sql, name=f"key {n}")
    await sql.run_log.forget(older_than_seconds=60, limit=200)
    assert await count(sql, idempotency_keys) == 5
    await make_older(sql, idempotency_keys.c.created_at, KEPT_SECONDS)
    await keep(sql)
    assert await sql.run_log.forget(older_than_seconds=60, limit=200) == 0
    assert await count(sql, idempotency_keys) == 1
    assert await find(sql) == ANSWERED


async def test_a_worker_is_dead_by_the_databases_clock(sql: SqlDatabase) -> None:
    await sql.workers.beat(ONE)
    await keep(sql, KeyUse(worker_id=ONE))
    await make_older(sql, workers.c.heartbeat_at, 9)
    assert await find(sql, lease_seconds=10) == KeyUse(worker_id=ONE)
    await make_older(sql, workers.c.heartbeat_at, 10)
    assert await find(sql, lease_seconds=10) is None


async def test_workers_long_dead_are_forgotten_by_those_who_live(sql: SqlDatabase) -> None:
    await sql.workers.beat(ONE)
    await make_older(sql, workers.c.heartbeat_at, 3_590)
    await sql.workers.beat(TWO)
    assert await count(sql, workers) == 2
    await make_older(sql, workers.c.heartbeat_at, 3_601)
    await sql.workers.beat(TWO)
    assert await count(sql, workers) == 1


async def test_ones_own_run_is_unknown_by_the_databases_clock(sql: SqlDatabase) -> None:
    run = await ask(sql, await add_conversation(sql), "question")
    await sql.workers.beat(ONE)
    for seconds, taken in ((9, 0), (10, 1)):
        await make_older(sql, runs.c.claimed_at, seconds)
        claim = await sql.workers.claim(ONE, executing=[], limit=1, lease_seconds=10)
        assert [one.id for one in claim.runs] == [run.id] * taken


async def test_events_are_forgotten_by_the_databases_clock_and_in_lots(sql: SqlDatabase) -> None:
    conversation = await add_conversation(sql)
    ended = [await exchange(sql, conversation, "question", "answer") for _ in range(FORGOTTEN_AT_ONCE + 5)]
    await make_older(sql, runs.c.finished_at, 59)
    assert await sql.run_log.forget(older_than_seconds=60, limit=200) == 0
    await make_older(sql, runs.c.finished_at, 60)
    assert await sql.run_log.forget(older_than_seconds=60, limit=FORGOTTEN_AT_ONCE + 2) == FORGOTTEN_AT_ONCE + 2
    assert await sql.run_log.forget(older_than_seconds=60, limit=200) == 3
    assert await sql.run_log.forget(older_than_seconds=60, limit=200) == 0
    assert {(await stored_run(sql, run.id)).last_event for run in ended} == {2}


async def test_a_moment_of_the_database_is_now(sql: SqlDatabase) -> None:
    async with sql.backend.read() as session:
        moments = await session.run(
            lambda connection: connection.execute(
                sa.select(seconds_ago("none"), seconds_ago("some")), {"none": 0, "some": 1.5}
            ).one(),
            slow=False,
        )
    assert timedelta(seconds=1.49) < moments[0] - moments[1] < timedelta(seconds=1.51)
