"""Claims on Postgres beside those who ask, claim and freeze at the same time: none waits, and none fails."""

import asyncio
import random
from collections.abc import AsyncIterator, Collection
from time import monotonic

import asyncpg
import pytest

from adapters.sql.database import SqlDatabase
from application.ports.workers import Claim
from domain.conversation import Conversation
from domain.errors import ReplyInProgress, StorageUnavailable
from domain.idempotency import KeyUse
from domain.run import Run, RunId, WorkerId
from tests.support.builders import ALICE, ONE, TWO, add_conversation, ask, ending, key, opened, queue, turn
from tests.support.leaping_time import LIMIT_SECONDS, PATIENCE_SECONDS

HELD = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
async def other(new_postgres: str, postgres: SqlDatabase) -> AsyncIterator[SqlDatabase]:
    """The same database as another process has it."""
    database = SqlDatabase.connect(
        new_postgres, pool_size=3, wait_seconds=LIMIT_SECONDS, statement_seconds=LIMIT_SECONDS
    )
    yield database
    await database.dispose()


@pytest.fixture
async def administrator(new_postgres: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(new_postgres)
    yield connection
    await connection.close()


async def claim(database: SqlDatabase, worker: WorkerId = TWO, *, executing: Collection[RunId] = ()) -> Claim:
    return await database.workers.claim(worker, executing=executing, limit=100, lease_seconds=60)


async def test_a_claim_does_not_wait_for_who_asks_in_the_conversation(
    postgres: SqlDatabase, other: SqlDatabase
) -> None:
    conversation = await add_conversation(postgres)
    queued = await queue(postgres, conversation, "first")
    elsewhere = await queue(postgres, await add_conversation(postgres), "elsewhere")
    async with postgres.begin() as tx:
        await tx.conversations.get(conversation.id, owner=ALICE)
        began = monotonic()
        claimed = await claim(other)
        assert monotonic() - began < PATIENCE_SECONDS
    assert ([run.id for run in claimed.runs], claimed.others_wait) == ([elsewhere.id], True)
    assert [run.id for run in (await claim(other)).runs] == [queued.id]


async def test_a_claim_leaves_to_another_what_that_one_holds(
    postgres: SqlDatabase, administrator: asyncpg.Connection
) -> None:
    first, second = [await queue(postgres, await add_conversation(postgres), "question") for _ in range(2)]
    async with administrator.transaction():
        await administrator.execute("SELECT 1 FROM runs WHERE id = $1 FOR NO KEY UPDATE", first.id)
        assert [run.id for run in (await claim(postgres)).runs] == [second.id]
    assert [run.id for run in (await claim(postgres)).runs] == [first.id]


async def test_who_asks_at_the_moment_of_a_claim_is_refused_or_first(postgres: SqlDatabase, other: SqlDatabase) -> None:
    """Questions that wait, questions that do not, claims and endings, in one conversation and all at once."""
    dice = random.Random(7)
    conversations = [await add_conversation(postgres) for _ in range(4)]
    for worker in (ONE, TWO):
        await postgres.workers.beat(worker)

    async def ask_at_once(database: SqlDatabase, conversation: Conversation) -> Run | None:
        try:
            return await ask(database, conversation, "now", worker=ONE)
        except ReplyInProgress:
            return None

    async def question(database: SqlDatabase, conversation: Conversation) -> None:
        if dice.random() < 0.5:
            await queue(database, conversation, "later")
        elif run := await ask_at_once(database, conversation):
            assert await database.run_log.write([ending(run, "answer")]) == set()

    async def work(database: SqlDatabase, worker: WorkerId) -> int:
        done, claimed = 0, Claim((), others_wait=True)
        while claimed.others_wait or not all(asked.done() for asked in questions):
            claimed = await claim(database, worker)
            for run in claimed.runs:
                assert await database.run_log.write([ending(run, "answer")]) == set()
            done += len(claimed.runs)
        return done

    questions = [
        asyncio.create_task(question(dice.choice([postgres, other]), dice.choice(conversations))) for _ in range(120)
    ]
    async with asyncio.timeout(2 * PATIENCE_SECONDS):
        done = await asyncio.gather(work(postgres, ONE), work(other, TWO), *questions)
    assert sum(count for count in done if count) > 0
    assert not (await claim(postgres)).others_wait


async def test_what_a_frozen_process_holds_is_free_after_both_limits(postgres: SqlDatabase, other: SqlDatabase) -> None:
    conversation = await add_conversation(postgres)
    async with postgres.backend.begin() as session:

        async def execute(statement: str) -> object:
            return await session.run(lambda connection: connection.exec_driver_sql(statement).scalar(), slow=False)

        async def execute_and_freeze(statement: str) -> None:
            await session.run(lambda connection: connection.exec_driver_sql(statement), slow=False)
            await ask(other, conversation, "elsewhere")  # waits until the row is free
            await session.commit()

        assert await execute("SHOW idle_in_transaction_session_timeout") == "2min"
        await execute("SELECT 1 FROM conversations FOR UPDATE")
        with pytest.raises(StorageUnavailable):
            await execute_and_freeze("SET LOCAL idle_in_transaction_session_timeout = 50")
    with pytest.raises(ReplyInProgress):
        await ask(postgres, conversation, "again")


async def test_a_twin_waits_for_the_first_and_finds_what_it_made(
    postgres: SqlDatabase, other: SqlDatabase, administrator: asyncpg.Connection
) -> None:
    """Also in one conversation, where otherwise the run of the first would be in the way of the second."""
    conversation = await add_conversation(postgres)

    async def make(database: SqlDatabase) -> RunId | None:
        async with database.begin() as tx:
            if use := await tx.keys.find(key(), lease_seconds=60):
                return use.run_id
            await tx.conversations.get(conversation.id, owner=ALICE)
            run = await tx.runs.open(turn(conversation))
            await tx.keys.keep(key(), KeyUse(run_id=run.id))
            while not await administrator.fetchval(HELD):  # noqa: ASYNC110  # until the twin waits
                await asyncio.sleep(0.01)
            await tx.commit()
        return run.id

    first, second = await asyncio.gather(make(postgres), make(other))
    assert first == second


async def test_a_key_that_two_keep_at_once_is_the_firsts(
    postgres: SqlDatabase, other: SqlDatabase, administrator: asyncpg.Connection
) -> None:
    """Who has not looked before waits too, and is told when the first has committed."""
    run = await opened(postgres, turn(await add_conversation(postgres)))

    async def keep(database: SqlDatabase, use: KeyUse) -> None:
        async with database.begin() as tx:
            await tx.keys.keep(key(), use)
            await tx.commit()

    async with postgres.begin() as tx:
        await tx.keys.keep(key(), KeyUse(run_id=run.id))
        second = asyncio.create_task(keep(other, KeyUse(worker_id=TWO)))
        while not await administrator.fetchval(HELD):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await tx.commit()
    [refusal] = await asyncio.gather(second, return_exceptions=True)
    assert type(refusal).__name__ == "KeyInUse"
    async with other.begin() as tx:
        assert await tx.keys.find(key(), lease_seconds=60) == KeyUse(run_id=run.id)
