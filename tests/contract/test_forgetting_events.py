"""RunLog.forget: the events of runs that ended long ago go, and everything else stays."""

from datetime import UTC, datetime

import pytest

from application.ports.run_log import LogEntry
from domain.run import Run, TextDelta
from tests.support.builders import add_conversation, ask, ending, exchange, queue, stored_messages, stored_run
from tests.support.databases import Database, ledger


async def ended_now(database: Database) -> Run:
    run = await ask(database, await add_conversation(database), "question")
    await database.run_log.write([LogEntry(run, 1, (TextDelta("an"), TextDelta("swer")))])
    assert await database.run_log.write([ending(run, "answer", first=3, at=datetime.now(UTC))]) == set()
    return await stored_run(database, run.id)


async def events(database: Database, run: Run) -> int:
    return len(await database.run_log.read(run.id, after=0, limit=100))


async def test_the_events_go_and_the_run_and_its_answer_stay(database: Database) -> None:
    run = await ended_now(database)
    before = await stored_messages(database, run.conversation_id), await ledger(database)
    assert await database.run_log.forget(older_than_seconds=0, limit=10) == 1
    for after in range(4):
        assert await database.run_log.read(run.id, after=after, limit=10) == []
    assert await stored_run(database, run.id) == run
    assert run.last_event == 4
    assert (await stored_messages(database, run.conversation_id), await ledger(database)) == before


async def test_what_ended_lately_is_kept(database: Database) -> None:
    run = await ended_now(database)
    assert await database.run_log.forget(older_than_seconds=3600, limit=10) == 0
    assert await events(database, run) == 4


async def test_what_has_not_ended_is_kept(database: Database) -> None:
    conversation = await add_conversation(database)
    running, queued = await ask(database, conversation, "first"), await queue(database, conversation, "second")
    await database.run_log.write([LogEntry(running, 1, (TextDelta("an"),))])
    assert await database.run_log.forget(older_than_seconds=0, limit=10) == 0
    assert await events(database, running) == 1
    assert await database.run_log.write([ending(running, "answer", first=2)]) == set()
    assert await stored_run(database, queued.id) == queued


@pytest.mark.parametrize("limit", [1, 2, 10])
async def test_of_many_the_limit_goes_at_a_time_each_once(database: Database, limit: int) -> None:
    runs = [await ended_now(database) for _ in range(5)]
    counts = []
    while count := await database.run_log.forget(older_than_seconds=0, limit=limit):
        counts.append(count)
    assert max(counts) <= limit
    assert sum(counts) == 5
    for run in runs:
        assert await events(database, run) == 0


async def test_the_next_run_of_the_conversation_is_none_the_worse(database: Database) -> None:
    run = await ended_now(database)
    await database.run_log.forget(older_than_seconds=0, limit=10)
    conversation = await add_conversation(database)
    following = await exchange(database, conversation, "question", "answer", parent_id=None)
    assert await events(database, following) == 2
    async with database.begin() as tx:
        await tx.conversations.delete(run.conversation_id, owner=run.owner)
        await tx.commit()
