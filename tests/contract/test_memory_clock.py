"""The store in memory by its clock: what the other stores do in hours is seen here at once."""

import pytest

from adapters.memory.database import MemoryDatabase
from domain.errors import KeyInUse, KeyReused
from domain.idempotency import KEPT_SECONDS, KeyUse, StoredAnswer
from tests.support.builders import ONE, TWO, add_conversation, ask, ending, key
from tests.support.clock import Clock

ANSWERED = KeyUse(answer=StoredAnswer(200, "text/plain", b"Because."))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(clock: Clock) -> MemoryDatabase:
    return MemoryDatabase(now=clock, alone=False)


async def find(database: MemoryDatabase, fingerprint: str = "a request") -> KeyUse | None:
    async with database.begin() as tx:
        return await tx.keys.find(key(fingerprint=fingerprint), lease_seconds=10)


async def keep(database: MemoryDatabase, use: KeyUse, name: str = "a key") -> None:
    async with database.begin() as tx:
        await tx.keys.keep(key(name), use)
        await tx.commit()


async def test_a_key_is_forgotten_a_day_after_its_first_use(database: MemoryDatabase, clock: Clock) -> None:
    await database.workers.beat(ONE)
    await keep(database, KeyUse(worker_id=ONE))
    clock.move(5)
    await keep(database, KeyUse(answer=ANSWERED.answer, worker_id=ONE))
    clock.move(KEPT_SECONDS - 5.001)
    assert await find(database)
    with pytest.raises(KeyReused):
        await find(database, "another")
    with pytest.raises(KeyInUse):
        await keep(database, ANSWERED)
    clock.move(0.001)
    assert await find(database) is None
    assert await find(database, "another") is None
    await keep(database, ANSWERED)
    assert await find(database) == ANSWERED


async def test_the_keys_of_days_ago_take_no_room(database: MemoryDatabase, clock: Clock) -> None:
    for hour in range(100):
        await keep(database, ANSWERED, f"key {hour}")
        clock.move(3600)
    assert len(database.tables.keys) == 24


async def test_a_key_at_work_is_free_when_its_worker_has_not_beaten_for_the_lease(
    database: MemoryDatabase, clock: Clock
) -> None:
    await database.workers.beat(ONE)
    await keep(database, KeyUse(worker_id=ONE))
    clock.move(9.999)
    assert await find(database) == KeyUse(worker_id=ONE)
    clock.move(0.001)
    assert await find(database) is None


async def test_a_run_is_taken_when_its_worker_has_not_beaten_for_the_lease(
    database: MemoryDatabase, clock: Clock
) -> None:
    await database.workers.beat(ONE)
    run = await ask(database, await add_conversation(database), "question")
    for seconds, taken in ((9.999, 0), (0.001, 1)):
        clock.move(seconds)
        claim = await database.workers.claim(TWO, executing=(), limit=10, lease_seconds=10)
        assert [run.id for run in claim.runs] == [run.id] * taken


async def test_workers_long_dead_are_forgotten(database: MemoryDatabase, clock: Clock) -> None:
    await database.workers.beat(ONE)
    clock.move(24 * 3600)
    await database.workers.beat(TWO)
    await database.workers.claim(TWO, executing=(), limit=1, lease_seconds=10)
    assert list(database.tables.beats) == [TWO]


async def test_events_are_forgotten_when_their_run_ended_long_enough_ago(
    database: MemoryDatabase, clock: Clock
) -> None:
    run = await ask(database, await add_conversation(database), "question")
    await database.run_log.write([ending(run, "answer", at=clock())])
    for seconds, forgotten in ((59.999, 0), (0.001, 1), (1, 0)):
        clock.move(seconds)
        assert await database.run_log.forget(older_than_seconds=60, limit=10) == forgotten
