"""Workers.claim and release: a worker takes what nobody executes, oldest first, each run once."""

import asyncio
from collections.abc import Collection
from dataclasses import replace

import pytest

from application.ports.run_log import LogEntry
from application.ports.workers import Claim
from domain.errors import ReplyInProgress
from domain.run import Run, RunId, RunStatus, TextDelta
from tests.support.builders import ALICE, ONE, add_conversation, ask, ending, exchange, queue, stored_run
from tests.support.databases import Database

NOTHING = Claim((), others_wait=False)


async def claim(
    database: Database, *, executing: Collection[RunId] = (), limit: int = 100, lease_seconds: float = 60
) -> Claim:
    return await database.workers.claim(ONE, executing=executing, limit=limit, lease_seconds=lease_seconds)


def ids(runs: Collection[Run]) -> list[RunId]:
    return [run.id for run in runs]


async def test_where_there_is_nothing_to_do_nothing_is_claimed(database: Database) -> None:
    assert await claim(database) == NOTHING
    run = await exchange(database, await add_conversation(database), "question", "answer")
    assert await claim(database, lease_seconds=0) == NOTHING
    assert (await stored_run(database, run.id)).fence == 1


async def test_a_queued_run_is_taken_at_its_first_attempt_under_a_new_fence(database: Database) -> None:
    queued = await queue(database, await add_conversation(database), "question")
    taken = await claim(database)
    assert taken.runs == (replace(queued, status=RunStatus.RUNNING, fence=2, attempts=1),)
    assert not taken.others_wait
    assert await stored_run(database, queued.id) == taken.runs[0]
    assert await claim(database) == NOTHING
    assert await database.run_log.write([ending(taken.runs[0], "answer")]) == set()


async def test_queued_runs_wait_until_the_run_before_them_has_ended(database: Database) -> None:
    conversation = await add_conversation(database)
    running = await ask(database, conversation, "first")
    await queue(database, conversation, "second")
    for _ in range(2):
        assert await claim(database, executing=[running.id]) == Claim((), others_wait=True)
    await database.run_log.write([ending(running, "answer")])
    assert len((await claim(database)).runs) == 1


async def test_queued_runs_of_one_conversation_come_one_by_one_in_order(database: Database) -> None:
    conversation = await add_conversation(database)
    queued = [await queue(database, conversation, f"question {n}") for n in range(3)]
    for place, run in enumerate(queued):
        taken = await claim(database)
        assert ids(taken.runs) == [run.id]
        assert taken.others_wait == (place < 2)
        assert await claim(database, executing=[run.id]) == Claim((), others_wait=place < 2)
        await database.run_log.write([ending(taken.runs[0], "answer")])


async def test_the_turn_of_a_queued_run_comes_also_when_the_one_before_it_never_ran(database: Database) -> None:
    conversation = await add_conversation(database)
    first, second = await queue(database, conversation, "first"), await queue(database, conversation, "second")
    await database.run_log.write([ending(first, status=RunStatus.CANCELLED)])
    assert ids((await claim(database)).runs) == [second.id]


async def test_the_oldest_are_taken_first_and_no_more_than_the_limit(database: Database) -> None:
    queued = [await queue(database, await add_conversation(database), "question") for _ in range(7)]
    taken = [(await claim(database, limit=3)).runs for _ in range(3)]
    assert [len(runs) for runs in taken] == [3, 3, 1]
    assert [id for runs in taken for id in ids(runs)] == ids(queued)


async def test_of_simultaneous_claims_exactly_one_gets_a_run(database: Database) -> None:
    queued = [await queue(database, await add_conversation(database), "question") for _ in range(10)]
    claims = await asyncio.gather(*(claim(database, limit=4) for _ in range(8)))
    taken = [run for one in claims for run in one.runs]
    assert sorted(ids(taken)) == ids(queued)
    assert {run.fence for run in taken} == {2}


async def test_what_was_handed_over_is_claimed_at_once_and_that_attempt_does_not_count(database: Database) -> None:
    run = await ask(database, await add_conversation(database), "question")
    await database.run_log.write([LogEntry(run, 1, (TextDelta("a"), TextDelta("b")))])
    await database.workers.beat(ONE)
    for fence in (2, 3, 4):
        await database.workers.release(ONE)
        released = await stored_run(database, run.id)
        assert (released.status, released.attempts) == (RunStatus.RUNNING, 0)
        [taken] = (await claim(database)).runs
        assert taken == replace(run, fence=fence, attempts=1, last_event=2)
        assert await database.run_log.write([LogEntry(replace(taken, fence=fence - 1), 3, (TextDelta("late"),))])
    assert await database.run_log.write([ending(taken, "answer")]) == set()


async def test_what_was_handed_over_keeps_its_conversation_to_itself(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await ask(database, conversation, "first")
    await queue(database, conversation, "second")
    await database.workers.release(ONE)
    with pytest.raises(ReplyInProgress) as refusal:
        await ask(database, conversation, "third")
    assert refusal.value.run_id == run.id
    taken = await claim(database)
    assert ids(taken.runs) == [run.id]
    assert taken.others_wait


async def test_handing_over_nothing_is_no_work(database: Database) -> None:
    run = await exchange(database, await add_conversation(database), "question", "answer")
    queued = await queue(database, await add_conversation(database), "question")
    ended = await stored_run(database, run.id)
    await database.workers.release(ONE)
    assert await stored_run(database, run.id) == ended
    assert await stored_run(database, queued.id) == queued


async def test_what_is_executing_is_not_claimed_however_old_it_is(database: Database) -> None:
    run = await ask(database, await add_conversation(database), "question")
    await database.workers.beat(ONE)
    assert await claim(database, executing=[run.id], lease_seconds=0) == NOTHING
    assert await stored_run(database, run.id) == run


async def test_a_run_of_ones_own_that_one_does_not_know_is_claimed_after_a_while(database: Database) -> None:
    run = await ask(database, await add_conversation(database), "question")
    await database.workers.beat(ONE)
    assert await claim(database, lease_seconds=60) == NOTHING
    [taken] = (await claim(database, lease_seconds=0)).runs
    assert taken == replace(run, fence=2, attempts=2)
    assert await database.run_log.write([ending(run, "late")]) == {run.id}
    assert await database.run_log.write([ending(taken, "answer")]) == set()


async def test_a_run_of_ones_own_that_was_claimed_just_now_is_known_soon(database: Database) -> None:
    run = await queue(database, await add_conversation(database), "question")
    assert ids((await claim(database)).runs) == [run.id]
    assert await claim(database, lease_seconds=60) == NOTHING
    assert ids((await claim(database, lease_seconds=0)).runs) == [run.id]


async def test_a_claimed_run_says_where_its_log_ends_and_whether_it_is_to_be_cancelled(database: Database) -> None:
    run = await ask(database, await add_conversation(database), "question")
    await database.run_log.write([LogEntry(run, 1, (TextDelta("a"), TextDelta("b")))])
    async with database.begin() as tx:
        await tx.runs.request_cancel(run.id, owner=ALICE)
        await tx.commit()
    [taken] = (await claim(database, lease_seconds=0)).runs
    assert (taken.last_event, taken.cancel_requested) == (2, True)


async def test_the_runs_of_a_conversation_that_is_gone_are_gone(database: Database) -> None:
    conversation = await add_conversation(database)
    for _ in range(2):
        await queue(database, conversation, "question")
    async with database.begin() as tx:
        await tx.conversations.delete(conversation.id, owner=ALICE)
        await tx.commit()
    assert await claim(database, lease_seconds=0) == NOTHING


async def test_a_beat_says_which_of_the_workers_running_runs_are_to_be_cancelled(database: Database) -> None:
    conversation = await add_conversation(database)
    asked, left, other = [await ask(database, await add_conversation(database), "question") for _ in range(3)]
    running, queued = await ask(database, conversation, "first"), await queue(database, conversation, "second")
    async with database.begin() as tx:
        for run in (asked, other, queued):
            await tx.runs.request_cancel(run.id, owner=ALICE)
        await tx.commit()
    await database.run_log.write([ending(other, "ended meanwhile")])
    for _ in range(2):
        assert await database.workers.beat(ONE) == [asked.id]
    assert not {left.id, running.id} & set(await database.workers.beat(ONE))
