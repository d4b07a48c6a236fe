"""RunRepository: runs that wait their turn, runs that answer again, and words left for those who execute them."""

import asyncio

import pytest

from domain.access import OwnerId
from domain.conversation import Conversation, MessageStatus, Role
from domain.errors import ConversationNotFound, ReplyInProgress, RunNotFound
from domain.run import Run, RunId, RunStatus
from tests.support.builders import (
    ALICE,
    BOB,
    LATER,
    ONE,
    add_conversation,
    again,
    ask,
    ending,
    exchange,
    opened,
    queue,
    stored_conversation,
    stored_messages,
    stored_run,
    turn,
)
from tests.support.databases import Database


@pytest.fixture
async def conversation(database: Database) -> Conversation:
    return await add_conversation(database)


async def active(database: Database, conversation: Conversation) -> Run | None:
    async with database.read() as tx:
        return await tx.runs.active(conversation.id, owner=ALICE)


async def queued(database: Database) -> int:
    async with database.read() as tx:
        return await tx.runs.queued()


async def ask_to_cancel(database: Database, id: RunId, *, owner: OwnerId = ALICE) -> Run:
    async with database.begin() as tx:
        run = await tx.runs.request_cancel(id, owner=owner)
        await tx.commit()
    return run


async def test_a_queued_run_has_its_question_and_its_place_but_no_attempt(
    database: Database, conversation: Conversation
) -> None:
    run = await opened(database, turn(conversation, "Why?", worker=None, at=LATER))
    assert (run.status, run.fence, run.attempts, run.last_event) == (RunStatus.QUEUED, 1, 0, 0)
    assert await stored_run(database, run.id) == run
    question, answer = await stored_messages(database, conversation.id)
    assert (question.id, question.text, question.status) == (run.question_id, "Why?", MessageStatus.COMPLETED)
    assert (answer.id, answer.parts, answer.status) == (run.answer_id, (), MessageStatus.IN_PROGRESS)
    moved = await stored_conversation(database, conversation.id)
    assert (moved.head_id, moved.updated_at) == (run.answer_id, LATER)


async def test_any_number_may_wait_behind_the_one_that_runs(database: Database, conversation: Conversation) -> None:
    running = await ask(database, conversation, "first")
    waiting = await asyncio.gather(*(queue(database, conversation, f"question {n}") for n in range(10)))
    assert len({run.id for run in waiting}) == 10
    assert all(run.id > running.id for run in waiting)
    assert await queued(database) == 10
    assert await active(database, conversation) == running
    async with database.read() as tx:
        in_flight = await tx.runs.in_flight(limit=3)
    assert [run.id for run in in_flight] == sorted(run.id for run in (running, *waiting))[:3]


async def test_the_active_run_is_the_one_that_runs_else_the_oldest_that_waits(
    database: Database, conversation: Conversation
) -> None:
    assert await active(database, conversation) is None
    first, second = await queue(database, conversation, "first"), await queue(database, conversation, "second")
    assert await active(database, conversation) == first
    [claimed] = (await database.workers.claim(ONE, executing=[], limit=1, lease_seconds=60)).runs
    assert await active(database, conversation) == claimed
    await database.run_log.write([ending(claimed, "answer")])
    assert await active(database, conversation) == second


async def test_what_waits_is_in_the_way_of_what_would_run_at_once(
    database: Database, conversation: Conversation
) -> None:
    waiting = await queue(database, conversation, "first")
    with pytest.raises(ReplyInProgress) as refusal:
        await ask(database, conversation, "second")
    assert refusal.value.run_id == waiting.id


async def test_whose_runs_wait_does_not_matter_to_how_many_there_are(database: Database) -> None:
    assert await queued(database) == 0
    waiting = [await queue(database, await add_conversation(database, owner=owner), "Why?") for owner in (ALICE, BOB)]
    await ask(database, await add_conversation(database), "runs")
    assert await queued(database) == 2
    await database.workers.claim(ONE, executing=[], limit=1, lease_seconds=60)
    assert await queued(database) == 1
    assert await database.run_log.write([ending(waiting[0], status=RunStatus.CANCELLED)]) == set()
    assert await queued(database) == 0


async def test_owners_take_turns_however_many_runs_one_has_queued(database: Database) -> None:
    greedy = [await queue(database, await add_conversation(database, owner=ALICE), "Why?") for _ in range(6)]
    modest = await queue(database, await add_conversation(database, owner=BOB), "Why?")
    async with database.read() as tx:
        assert [await tx.runs.queued(owner=owner) for owner in (ALICE, BOB)] == [6, 1]
    taken = [(await database.workers.claim(ONE, executing=[], limit=2, lease_seconds=60)).runs for _ in range(2)]
    assert [run.id for run in taken[0]] == [greedy[0].id, modest.id]
    assert [run.id for run in taken[1]] == [greedy[1].id, greedy[2].id]
    late = await queue(database, await add_conversation(database, owner=BOB), "And?")
    [first] = (await database.workers.claim(ONE, executing=[], limit=1, lease_seconds=60)).runs
    assert first.id == late.id


async def test_nobody_gets_more_than_their_share_from_the_queue(database: Database) -> None:
    for owner in (ALICE, ALICE, ALICE, BOB):
        await queue(database, await add_conversation(database, owner=owner), "Why?")
    for share, owners in ((2, [ALICE, ALICE, BOB]), (2, []), (3, [ALICE])):
        claim = await database.workers.claim(ONE, executing=[], limit=9, lease_seconds=60, most_of_owner=share)
        assert sorted(run.owner for run in claim.runs) == owners


async def test_a_queued_run_may_end_without_ever_running(database: Database, conversation: Conversation) -> None:
    run = await queue(database, conversation, "Why?")
    assert await database.run_log.write([ending(run, status=RunStatus.CANCELLED, usage=None)]) == set()
    ended = await stored_run(database, run.id)
    assert (ended.status, ended.attempts, ended.last_event) == (RunStatus.CANCELLED, 0, 1)
    assert (await stored_messages(database, conversation.id))[-1].status is MessageStatus.CANCELLED
    assert await active(database, conversation) is None
    assert (await database.workers.claim(ONE, executing=[], limit=1, lease_seconds=0)).runs == ()


async def test_who_ends_a_queued_run_comes_too_late_when_it_was_taken(
    database: Database, conversation: Conversation
) -> None:
    run = await queue(database, conversation, "Why?")
    await database.workers.claim(ONE, executing=[], limit=1, lease_seconds=60)
    assert await database.run_log.write([ending(run, status=RunStatus.CANCELLED)]) == {run.id}
    assert (await stored_run(database, run.id)).status is RunStatus.RUNNING


async def test_queueing_where_nothing_is_or_nothing_is_ones_own_is_refused(
    database: Database, conversation: Conversation
) -> None:
    async with database.begin() as tx:
        await tx.conversations.delete(conversation.id, owner=ALICE)
        await tx.commit()
    with pytest.raises(ConversationNotFound):
        await queue(database, conversation, "Why?")


@pytest.mark.parametrize("worker", [ONE, None])
async def test_a_question_may_be_answered_again(database: Database, conversation: Conversation, worker: None) -> None:
    first = await exchange(database, conversation, "Why?", "Because.")
    run = await opened(database, again(conversation, first.question_id, worker=worker))
    assert run.question_id == first.question_id
    assert run.answer_id > first.answer_id
    question, answer = await stored_messages(database, conversation.id)
    assert (question.id, question.text, question.role) == (first.question_id, "Why?", Role.USER)
    assert (answer.id, answer.parent_id, answer.run_id, answer.parts) == (run.answer_id, first.question_id, run.id, ())
    async with database.read() as tx:
        old = await tx.messages.branch(conversation, tip=first.answer_id, limit=10)
    assert [message.text for message in old] == ["Why?", "Because."]


async def test_word_is_left_that_a_run_is_to_be_cancelled(database: Database, conversation: Conversation) -> None:
    running, waiting = await ask(database, conversation, "first"), await queue(database, conversation, "second")
    for run in (running, waiting):
        assert await ask_to_cancel(database, run.id) == run
        assert (await stored_run(database, run.id)).cancel_requested
        assert (await ask_to_cancel(database, run.id)).cancel_requested
        assert (await stored_run(database, run.id)).status is run.status


async def test_a_run_that_has_ended_cannot_be_asked_to_cancel(database: Database, conversation: Conversation) -> None:
    run = await exchange(database, conversation, "Why?", "Because.")
    ended = await stored_run(database, run.id)
    assert await ask_to_cancel(database, run.id) == ended
    assert await stored_run(database, run.id) == ended


async def test_nobody_cancels_the_run_of_another(database: Database, conversation: Conversation) -> None:
    run = await ask(database, conversation, "Why?")
    for owner, id in ((BOB, run.id), (ALICE, RunId(999_999)), (ALICE, RunId(2**63))):
        with pytest.raises(RunNotFound):
            await ask_to_cancel(database, id, owner=owner)
    assert await stored_run(database, run.id) == run


async def test_word_that_is_rolled_back_was_never_left(database: Database, conversation: Conversation) -> None:
    run = await ask(database, conversation, "Why?")
    async with database.begin() as tx:
        await tx.runs.request_cancel(run.id, owner=ALICE)
    assert await stored_run(database, run.id) == run
