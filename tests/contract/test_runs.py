"""RunRepository: one active run a conversation, and everyone's own."""

import asyncio
from dataclasses import replace

import pytest

from domain.access import OwnerId
from domain.conversation import ConversationId
from domain.errors import ConversationNotFound, ReplyInProgress, RunNotFound
from domain.run import Run, RunId, RunKind, RunStatus
from tests.support.builders import (
    ALICE,
    BOB,
    NOON,
    ODD_TEXTS,
    add_conversation,
    ask,
    ending,
    exchange,
    opened,
    stored_messages,
    stored_run,
    turn,
)
from tests.support.databases import Database


async def active(database: Database, id: ConversationId, *, owner: OwnerId = ALICE) -> Run | None:
    async with database.read() as tx:
        return await tx.runs.active(id, owner=owner)


@pytest.mark.parametrize("model", ["demo:parrot", ODD_TEXTS["quotes"]])
async def test_an_opened_run_is_running_under_the_first_fence(database: Database, model: str) -> None:
    conversation = await add_conversation(database)
    run = await opened(database, turn(conversation, model=model))
    assert run == Run(
        id=run.id,
        owner=ALICE,
        kind=RunKind.REPLY,
        conversation_id=conversation.id,
        question_id=run.question_id,
        answer_id=run.answer_id,
        model=model,
        status=RunStatus.RUNNING,
        fence=1,
        created_at=NOON,
    )
    assert await stored_run(database, run.id) == run
    assert await active(database, conversation.id) == run


async def test_a_second_question_is_refused_and_names_the_run_in_the_way(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await ask(database, conversation, "first")
    with pytest.raises(ReplyInProgress) as refusal:
        await ask(database, conversation, "second")
    assert refusal.value.run_id == run.id
    assert [message.text for message in await stored_messages(database, conversation.id)] == ["first", ""]


async def test_of_twenty_simultaneous_questions_one_is_taken_and_the_others_name_its_run(database: Database) -> None:
    conversation = await add_conversation(database)
    outcomes = await asyncio.gather(
        *(ask(database, conversation, f"question {n}") for n in range(20)), return_exceptions=True
    )
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Run)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, ReplyInProgress)]
    assert [refusal.run_id for refusal in refusals] == [winner.id] * 19
    assert len(await stored_messages(database, conversation.id)) == 2


async def test_other_conversations_are_not_in_the_way(database: Database) -> None:
    conversations = [await add_conversation(database) for _ in range(10)]
    runs = await asyncio.gather(*(ask(database, conversation, "question") for conversation in conversations))
    assert [run.conversation_id for run in runs] == [conversation.id for conversation in conversations]


async def test_once_a_run_has_ended_the_next_question_is_taken(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await ask(database, conversation, "first")
    await database.run_log.write([ending(run, "answer")])
    assert await active(database, conversation.id) is None
    following = await ask(database, conversation, "second", parent_id=run.answer_id)
    assert await active(database, conversation.id) == following
    assert [message.text for message in await stored_messages(database, conversation.id)] == [
        "first",
        "answer",
        "second",
        "",
    ]


async def test_a_question_that_was_rolled_back_is_in_nobodys_way(database: Database) -> None:
    conversation = await add_conversation(database)
    async with database.begin() as tx:
        await tx.runs.open(turn(conversation))
    assert await active(database, conversation.id) is None
    await ask(database, conversation, "question")


async def test_asking_in_a_conversation_that_is_gone_is_refused(database: Database) -> None:
    conversation = await add_conversation(database)
    async with database.begin() as tx:
        await tx.conversations.delete(conversation.id, owner=ALICE)
        await tx.commit()
    for gone in (conversation.id, ConversationId(999_999)):
        with pytest.raises(ConversationNotFound):
            await ask(database, replace(conversation, id=gone), "question")


async def test_asking_in_the_conversation_of_another_is_refused(database: Database) -> None:
    hers = await add_conversation(database, owner=ALICE)
    with pytest.raises(ConversationNotFound):
        await ask(database, replace(hers, owner=BOB), "question")
    await ask(database, hers, "question")
    with pytest.raises(ConversationNotFound):
        await ask(database, replace(hers, owner=BOB), "question")


async def test_a_run_belongs_to_its_owner_alone(database: Database) -> None:
    conversation = await add_conversation(database, owner=ALICE)
    run = await ask(database, conversation, "question")
    with pytest.raises(RunNotFound):
        await stored_run(database, run.id, owner=BOB)
    assert await active(database, conversation.id, owner=BOB) is None


@pytest.mark.parametrize("id", [0, -1, 999_999, 2**31, 2**63, 10**30])
async def test_an_id_that_nobody_was_given_is_not_found(database: Database, id: int) -> None:
    with pytest.raises(RunNotFound):
        await stored_run(database, RunId(id))
    assert await active(database, ConversationId(id)) is None


async def test_what_the_caller_does_to_a_runs_usage_changes_nothing(database: Database) -> None:
    run = await exchange(database, await add_conversation(database), "question", "answer")
    for _ in range(2):
        usage = (await stored_run(database, run.id)).usage
        assert usage
        assert "added" not in usage.raw
        usage.raw["added"] = "by the reader"
