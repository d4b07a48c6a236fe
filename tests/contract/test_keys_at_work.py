"""IdempotencyKeys: of twins one is first, and what a worker is at work on is its own while it lives."""

import asyncio

import pytest

from domain.errors import KeyInUse
from domain.idempotency import IdempotencyKey, KeyUse, StoredAnswer
from domain.run import RunId
from tests.support.builders import ONE, TWO, find_use, keep_use, key, new_conversation, turn
from tests.support.databases import Database

ANSWER = StoredAnswer(200, "application/json", b'{"result": "\x00\xff"}')
AT_WORK = KeyUse(worker_id=ONE)


async def keep_if_new(database: Database, key: IdempotencyKey, use: KeyUse) -> bool:
    """As a use case does it: look, and keep what is made. Raise KeyInUse."""
    async with database.begin() as tx:
        if await tx.keys.find(key, lease_seconds=60):
            return False
        await tx.keys.keep(key, use)
        await tx.commit()
        return True


@pytest.mark.parametrize("first", [AT_WORK, KeyUse(answer=ANSWER)], ids=["at work", "answered"])
@pytest.mark.parametrize("second", [AT_WORK, KeyUse(worker_id=TWO), KeyUse(answer=ANSWER, worker_id=TWO)], ids=str)
async def test_a_key_that_a_twin_has_kept_meanwhile_is_in_use(
    database: Database, first: KeyUse, second: KeyUse
) -> None:
    await database.workers.beat(ONE)
    await keep_use(database, key(), first)
    with pytest.raises(KeyInUse):
        await keep_use(database, key(), second)
    use = await find_use(database, key())
    assert use
    assert use.answer == first.answer


async def test_of_many_twins_at_once_one_is_first(database: Database) -> None:
    await database.workers.beat(ONE)
    outcomes = await asyncio.gather(*(keep_if_new(database, key(), AT_WORK) for _ in range(8)), return_exceptions=True)
    assert outcomes.count(True) == 1
    assert all(outcome is False or isinstance(outcome, KeyInUse) for outcome in outcomes if outcome is not True)


async def test_of_twins_that_make_something_one_makes_it(database: Database) -> None:
    async def make() -> RunId | None:
        async with database.begin() as tx:
            if use := await tx.keys.find(key(), lease_seconds=60):
                return use.run_id
            conversation = await tx.conversations.add(new_conversation())
            run = await tx.runs.open(turn(conversation))
            await tx.keys.keep(key(), KeyUse(run_id=run.id))
            await tx.commit()
        return run.id

    made = await asyncio.gather(*(make() for _ in range(8)), return_exceptions=True)
    assert all(isinstance(outcome, int | KeyInUse) for outcome in made)
    use = await find_use(database, key())
    assert use
    assert {outcome for outcome in made if isinstance(outcome, int)} == {use.run_id}


async def test_what_a_worker_is_at_work_on_becomes_its_answer(database: Database) -> None:
    await database.workers.beat(ONE)
    await keep_use(database, key(), AT_WORK)
    assert await find_use(database, key()) == AT_WORK
    await keep_use(database, key(), KeyUse(answer=ANSWER, worker_id=ONE))
    assert (await find_use(database, key()) or AT_WORK).answer == ANSWER


async def test_what_a_dead_worker_was_at_work_on_is_new(database: Database) -> None:
    await database.workers.beat(ONE)
    await keep_use(database, key(), AT_WORK)
    async with database.begin() as tx:
        assert await tx.keys.find(key(), lease_seconds=0) is None
        await tx.keys.keep(key(), KeyUse(worker_id=TWO))
        await tx.commit()
    await database.workers.beat(TWO)
    assert await find_use(database, key()) == KeyUse(worker_id=TWO)
    with pytest.raises(KeyInUse):
        await keep_use(database, key(), KeyUse(answer=ANSWER, worker_id=ONE))


async def test_a_worker_that_never_beat_is_dead(database: Database) -> None:
    await keep_use(database, key(), AT_WORK)
    assert await find_use(database, key()) is None
