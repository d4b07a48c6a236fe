"""ApprovalRepository, and what RunRepository does for runs that wait: suspend, wake, pause."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.access import OwnerId
from domain.approval import Approval, ApprovalId, ApprovalReason, ApprovalRequest, ApprovalStatus, Decision
from domain.conversation import Conversation
from domain.errors import ApprovalClosed, ApprovalNotFound, RunLost, RunNotFound
from domain.run import Run, RunId, RunKind, RunStatus
from domain.step import (
    ApprovalDecided,
    ApprovalRequested,
    RunWaiting,
    StepEvent,
    StepFinished,
    StepStarted,
    ToolFinished,
    ToolStarted,
    WaitsFor,
)
from domain.usage import Usage
from tests.support.builders import (
    ALICE,
    BOB,
    LATER,
    NOON,
    ONE,
    TWO,
    add_conversation,
    ask,
    ending,
    opened,
    queue,
    stored_run,
    turn,
)
from tests.support.databases import Database

ALL_EVENTS: list[StepEvent] = [
    StepStarted("research"),
    StepFinished("model", "tool_calls", Usage(1, 2, {"x": 1}), "out", "why", "openai:a", ("reasoning",)),
    StepFinished("bare"),
    ToolStarted("call", '{"a": "ü"}'),
    ToolFinished("call", "came of it", is_error=True),
    ApprovalRequested("call", ApprovalId(7), ApprovalReason.UNKNOWN_OUTCOME),
    ApprovalDecided("call", ApprovalId(7), True, "{}", "print", None),
    RunWaiting(WaitsFor.RESUME),
]


@pytest.fixture
async def run(database: Database) -> Run:
    return await ask(database, await add_conversation(database))


def question(run: Run, call_id: str = "call_1", *, expires_at: datetime | None = None) -> ApprovalRequest:
    return ApprovalRequest(
        owner=run.owner,
        run_id=run.id,
        call_id=call_id,
        tool="pay",
        arguments='{"to": "Bjørn"}',
        fingerprint="print",
        reason=ApprovalReason.REQUIRED,
        requested_at=NOON,
        expires_at=expires_at,
    )


async def put(database: Database, *requests: ApprovalRequest) -> list[Approval]:
    async with database.begin() as tx:
        approvals = await tx.approvals.request(requests)
        await tx.commit()
    return approvals


async def decide(database: Database, id: ApprovalId, *, owner: OwnerId = ALICE, **different: Any) -> Approval:
    decision = replace(Decision(approved=True, by="alice", at=LATER), **different)
    async with database.begin() as tx:
        approval = await tx.approvals.decide(id, decision, owner=owner)
        await tx.commit()
    return approval


async def page(database: Database, status: ApprovalStatus | None = None, **how: Any) -> list[Approval]:
    asked = {"owner": ALICE, "before": None, "limit": 10} | how
    async with database.read() as tx:
        return await tx.approvals.page(status=status, **asked)


async def suspend(database: Database, run: Run) -> bool:
    async with database.begin() as tx:
        waits = await tx.runs.suspend(run)
        await tx.commit()
    return waits


async def wake(database: Database, run: Run) -> bool:
    async with database.begin() as tx:
        woke = await tx.runs.wake(run.id)
        await tx.commit()
    return woke


async def pause(database: Database, run: Run, *, paused: bool, owner: OwnerId = ALICE) -> Run:
    async with database.begin() as tx:
        now = await tx.runs.pause(run.id, owner=owner, paused=paused)
        await tx.commit()
    return now


async def test_what_was_asked_is_there_as_it_was_asked(database: Database, run: Run) -> None:
    first, second = await put(database, question(run), question(run, "call_2", expires_at=LATER))
    assert (first.request, first.status, first.decision) == (question(run), ApprovalStatus.PENDING, None)
    assert first.conversation_id == run.conversation_id
    assert second.id > first.id
    async with database.read() as tx:
        assert await tx.approvals.get(second.id, owner=ALICE) == second
        assert await tx.approvals.of_run(run.id) == [first, second]
        with pytest.raises(ApprovalNotFound):
            await tx.approvals.get(first.id, owner=BOB)
        with pytest.raises(ApprovalNotFound):
            await tx.approvals.get(ApprovalId(2**70), owner=ALICE)
    assert await page(database) == [second, first]
    assert await page(database, before=second.id) == [first]
    assert await page(database, limit=1) == [second]
    assert await page(database, owner=BOB) == []


async def test_a_decision_is_kept_with_all_that_was_said(database: Database, run: Run) -> None:
    [asked] = await put(database, question(run))
    decided = await decide(database, asked.id, arguments='{"to": "Ann"}', comment="only her")
    decision = Decision(approved=True, by="alice", at=LATER, arguments='{"to": "Ann"}', comment="only her")
    assert decided == replace(asked, status=ApprovalStatus.APPROVED, decision=decision)
    assert await page(database, ApprovalStatus.APPROVED) == [decided]
    assert await page(database, ApprovalStatus.PENDING) == []
    for approved in (True, False):
        with pytest.raises(ApprovalClosed, match="approved by alice"):
            await decide(database, asked.id, approved=approved)
    with pytest.raises(ApprovalNotFound):
        await decide(database, asked.id, owner=BOB)


async def test_of_simultaneous_decisions_exactly_one_wins(database: Database, run: Run) -> None:
    [asked] = await put(database, question(run))
    attempts = [decide(database, asked.id, approved=n % 2 == 0, by=f"person {n}") for n in range(8)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, Approval)]
    assert sum(isinstance(outcome, ApprovalClosed) for outcome in outcomes) == 7
    assert await page(database) == [winner]


async def test_what_is_not_answered_in_time_is_closed_once(database: Database, run: Run) -> None:
    due, open, forever = await put(
        database, question(run, expires_at=LATER), question(run, "b", expires_at=LATER + timedelta(1)), question(run)
    )
    with pytest.raises(ApprovalClosed, match="not decided by"):
        await decide(database, due.id, at=LATER)
    for found in ([run.id], []):
        async with database.begin() as tx:
            assert await tx.approvals.expire(LATER, limit=10) == found
            await tx.commit()
    assert [a.id for a in await page(database, ApprovalStatus.EXPIRED)] == [due.id]
    assert [a.id for a in await page(database, ApprovalStatus.PENDING)] == [forever.id, open.id]
    with pytest.raises(ApprovalClosed, match="not decided by"):
        await decide(database, due.id, at=NOON)


async def test_the_questions_of_a_run_that_has_ended_are_void(database: Database, run: Run) -> None:
    [asked] = await put(database, question(run))
    assert await database.run_log.write([ending(run, "Never mind")]) == set()
    with pytest.raises(ApprovalClosed, match="its run has ended"):
        await decide(database, asked.id)
    assert await page(database, ApprovalStatus.PENDING) == []
    assert [a.is_void for a in await page(database)] == [True]
    async with database.begin() as tx:
        await tx.conversations.delete(run.conversation_id, owner=ALICE)
        await tx.commit()
    assert await page(database) == []


async def test_what_is_not_committed_was_never_asked(database: Database, run: Run) -> None:
    async with database.begin() as tx:
        [asked] = await tx.approvals.request([question(run)])
        assert await tx.approvals.of_run(run.id) == [asked]
    assert await page(database) == []


async def test_trusted_are_the_definitions_that_the_owner_has_approved(database: Database, run: Run) -> None:
    first, second = await put(database, question(run), replace(question(run), fingerprint="other"))
    await decide(database, first.id)
    await decide(database, second.id, approved=False)
    async with database.read() as tx:
        assert await tx.approvals.trusted(ALICE, fingerprints=["print", "other", "third"]) == {"print"}
        assert await tx.approvals.trusted(BOB, fingerprints=["print"]) == set()
        assert await tx.approvals.trusted(ALICE, fingerprints=[]) == set()


async def test_a_run_waits_while_something_is_open_and_is_claimed_when_it_was_woken(
    database: Database, run: Run
) -> None:
    await database.workers.beat(ONE)
    assert not await suspend(database, run)
    [asked] = await put(database, question(run))
    assert await suspend(database, run)
    waiting = await stored_run(database, run.id)
    assert (waiting.status, waiting.attempts) == (RunStatus.WAITING, 0)
    claim = await database.workers.claim(TWO, executing=[], limit=10, lease_seconds=0)
    assert claim.runs == ()
    assert not await wake(database, run)
    await decide(database, asked.id)
    assert await wake(database, run)
    assert not await wake(database, run)
    [taken] = (await database.workers.claim(TWO, executing=[], limit=10, lease_seconds=60)).runs
    assert (taken.id, taken.fence, taken.attempts, taken.status) == (run.id, 2, 1, RunStatus.RUNNING)
    with pytest.raises(RunLost):
        await suspend(database, run)
    assert await database.run_log.write([ending(taken, "Done")]) == set()
    with pytest.raises(RunLost):
        await suspend(database, taken)


async def test_a_paused_run_waits_until_it_is_resumed(database: Database, run: Run) -> None:
    assert (await pause(database, run, paused=True)).paused
    assert await suspend(database, run)
    assert not await wake(database, run)
    assert not (await pause(database, run, paused=False)).paused
    assert await wake(database, run)
    with pytest.raises(RunNotFound):
        await pause(database, run, paused=True, owner=BOB)
    ended = await ask(database, await add_conversation(database))
    assert await database.run_log.write([ending(ended, "Done")]) == set()
    assert not (await pause(database, ended, paused=True)).paused
    assert not (await stored_run(database, ended.id)).paused


async def test_a_waiting_run_that_is_to_be_cancelled_is_claimed_for_that(database: Database, run: Run) -> None:
    await put(database, question(run))
    assert await suspend(database, run)
    async with database.begin() as tx:
        await tx.runs.request_cancel(run.id, owner=ALICE)
        await tx.commit()
    [taken] = (await database.workers.claim(TWO, executing=[], limit=10, lease_seconds=60)).runs
    assert (taken.id, taken.cancel_requested) == (run.id, True)


async def test_a_run_knows_that_another_is_queued_behind_it(database: Database) -> None:
    conversation: Conversation = await add_conversation(database)
    other = await ask(database, await add_conversation(database))
    run = await ask(database, conversation)
    for expected in (False, True):
        async with database.read() as tx:
            assert await tx.runs.is_awaited(run) is expected
            assert not await tx.runs.is_awaited(other)
        await queue(database, conversation, "And then?")


async def test_the_facts_of_steps_and_the_kind_of_a_run_come_back_as_they_were(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await opened(database, replace(turn(conversation), kind=RunKind.AGENT))
    assert (await stored_run(database, run.id)).kind is RunKind.AGENT
    entry = replace(ending(run), first=1, events=tuple(ALL_EVENTS), ending=None)
    assert await database.run_log.write([entry]) == set()
    read = await database.run_log.read(RunId(run.id), after=0, limit=100)
    assert [numbered.event for numbered in read] == ALL_EVENTS


async def test_a_notice_is_given_to_one_caller_until_it_was_taken(database: Database, run: Run) -> None:
    first, second = await put(database, question(run), question(run, "call_2"))

    async def due(at: datetime, limit: int = 10) -> list[tuple[ApprovalId, int]]:
        async with database.begin() as tx:
            notices = await tx.approvals.due_notices(at, retry_at=at + timedelta(minutes=1), limit=limit)
            await tx.commit()
        return [(approval.id, tries) for approval, tries in notices]

    async def noticed(id: ApprovalId, retry_at: datetime | None) -> None:
        async with database.begin() as tx:
            await tx.approvals.noticed(id, retry_at=retry_at)
            await tx.commit()

    assert await due(NOON, limit=1) == [(first.id, 0)]
    assert await due(NOON) == [(second.id, 0)]
    assert await due(NOON) == []
    await noticed(first.id, None)
    await noticed(second.id, NOON + timedelta(seconds=5))
    assert await due(NOON + timedelta(seconds=5)) == [(second.id, 1)]
    await decide(database, second.id)
    assert await due(NOON + timedelta(days=1)) == []
    [third] = await put(database, question(run, "call_3"))
    assert await database.run_log.write([ending(run, "Never mind")]) == set()
    assert await due(NOON + timedelta(days=1)) == []
    assert third.id > second.id
