"""RunLog: the ending gives the run its terminal state, seals the answer and keeps the usage, once and all in one."""

import asyncio
from dataclasses import replace

import pytest

from application.ports.run_log import LogEntry
from domain.conversation import Message, MessageStatus, ProviderState, Reasoning, Text
from domain.run import Ending, Problem, ReasoningDelta, Run, RunFinished, RunStatus, TextDelta
from tests.support.builders import (
    ALICE,
    LATER,
    NOON,
    ODD_TEXTS,
    USAGE,
    add_conversation,
    ask,
    call_of,
    ending,
    stored_messages,
    stored_run,
)
from tests.support.databases import Database, ledger

TERMINAL = [RunStatus.COMPLETED, RunStatus.INCOMPLETE, RunStatus.FAILED, RunStatus.CANCELLED]


@pytest.fixture
async def run(database: Database) -> Run:
    return await ask(database, await add_conversation(database), "question")


async def stored_answer(database: Database, run: Run) -> Message:
    (answer,) = [m for m in await stored_messages(database, run.conversation_id) if m.id == run.answer_id]
    return answer


@pytest.mark.parametrize("status", TERMINAL)
async def test_run_answer_and_log_end_together(database: Database, run: Run, status: RunStatus) -> None:
    problem = Problem("a_code", ODD_TEXTS["quotes"] + ODD_TEXTS["emoji"])
    outcome = RunFinished(status, "length", problem, USAGE, "anthropic:claude", ("reasoning", "images"))
    answer = (Reasoning("hm", ProviderState("x", {"a": 1})), Text("half an answer"))
    events = (ReasoningDelta("hm"), TextDelta("half an answer"), outcome)
    calls = (call_of(run, model="anthropic:claude"),)
    assert await database.run_log.write([LogEntry(run, 1, events, Ending(outcome, answer, LATER), calls)]) == set()
    ended = await stored_run(database, run.id)
    assert ended == replace(
        run,
        status=status,
        finished_at=LATER,
        finish_reason="length",
        problem=problem,
        usage=USAGE,
        last_event=3,
        answered_by="anthropic:claude",
        dropped=("reasoning", "images"),
    )
    assert ended.usage
    assert ended.usage.raw == USAGE.raw
    assert [line.model for line in await ledger(database)] == ["anthropic:claude"]
    sealed = await stored_answer(database, run)
    assert (sealed.parts, sealed.status, sealed.run_id) == (answer, MessageStatus(status.value), run.id)
    assert (sealed.parent_id, sealed.created_at) == (run.question_id, NOON)
    log = await database.run_log.read(run.id, after=0, limit=10)
    assert [numbered.event for numbered in log] == list(events)
    last = log[-1].event
    assert isinstance(last, RunFinished)
    assert last.usage
    assert last.usage.raw == USAGE.raw


async def test_an_ending_may_have_no_words_no_reason_and_no_usage(database: Database, run: Run) -> None:
    outcome = RunFinished(RunStatus.CANCELLED)
    await database.run_log.write([LogEntry(run, 1, (outcome,), Ending(outcome, (), LATER))])
    ended = await stored_run(database, run.id)
    assert ended == replace(run, status=RunStatus.CANCELLED, finished_at=LATER, last_event=1)
    assert (await stored_answer(database, run)).parts == ()
    assert [numbered.event for numbered in await database.run_log.read(run.id, after=0, limit=10)] == [outcome]


async def test_the_answer_is_in_progress_and_empty_until_the_ending(database: Database, run: Run) -> None:
    await database.run_log.write([LogEntry(run, 1, (TextDelta("half"),))])
    answer = await stored_answer(database, run)
    assert (answer.parts, answer.status) == ((), MessageStatus.IN_PROGRESS)


async def test_of_two_endings_one_wins_whole(database: Database, run: Run) -> None:
    endings = {
        "completed": ending(run, "the whole answer", status=RunStatus.COMPLETED),
        "cancelled": ending(run, "half", status=RunStatus.CANCELLED, usage=None),
    }
    refused = await asyncio.gather(*(database.run_log.write([entry]) for entry in endings.values()))
    assert sorted(refused, key=len) == [set(), {run.id}]
    winner = list(endings.values())[refused.index(set())]
    ended = await stored_run(database, run.id)
    assert winner.ending
    assert (ended.status, ended.usage) == (winner.ending.outcome.status, winner.ending.outcome.usage)
    assert (await stored_answer(database, run)).parts == winner.ending.answer
    log = await database.run_log.read(run.id, after=0, limit=10)
    assert [numbered.event for numbered in log] == list(winner.events)


async def test_after_the_ending_nothing_more_is_taken(database: Database, run: Run) -> None:
    await database.run_log.write([ending(run, "answer")])
    ended = await stored_run(database, run.id)
    late = [
        LogEntry(run, 3, (TextDelta("late"),)),
        ending(run, "late", first=3, status=RunStatus.FAILED),
        ending(ended, "late", first=3, status=RunStatus.FAILED),
    ]
    for entry in late:
        assert await database.run_log.write([entry]) == {run.id}
    assert await stored_run(database, run.id) == ended
    assert (await stored_answer(database, run)).parts == (Text("answer"),)
    assert len(await database.run_log.read(run.id, after=0, limit=10)) == 2


async def test_what_was_spent_is_noted_once_and_outlives_the_run(database: Database, run: Run) -> None:
    spending = ending(run, "answer")
    free = ending(await ask(database, await add_conversation(database), "question"), "answer", usage=None)
    for _ in range(2):
        await database.run_log.write([spending, free])
    await database.run_log.write([ending(run, "late", first=3)])
    (spent,) = await ledger(database)
    assert (spent.owner, spent.model, spent.usage, spent.at, spent.run_id) == (ALICE, run.model, USAGE, LATER, run.id)
    assert spent.usage.raw == USAGE.raw
    async with database.begin() as tx:
        await tx.conversations.delete(run.conversation_id, owner=ALICE)
        await tx.commit()
    (kept,) = await ledger(database)
    assert (kept.owner, kept.usage, kept.run_id) == (ALICE, USAGE, None)
