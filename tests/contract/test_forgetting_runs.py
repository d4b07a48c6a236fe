"""RunRepository.delete: the run is forgotten; what was asked, answered and spent is not."""

import pytest

from domain.conversation import MessageStatus
from domain.errors import ReplyInProgress, RunNotFound
from domain.idempotency import KeyUse
from domain.run import Run
from tests.support.builders import (
    ALICE,
    BOB,
    USAGE,
    add_conversation,
    ask,
    ending,
    exchange,
    key,
    queue,
    stored_messages,
    stored_run,
)
from tests.support.databases import Database, ledger


async def delete(database: Database, run: Run) -> None:
    async with database.begin() as tx:
        await tx.runs.delete(run.id, owner=run.owner)
        await tx.commit()


async def test_the_run_and_its_events_are_gone_and_the_messages_stay(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await exchange(database, conversation, "Why?", "Because.")
    await delete(database, run)
    with pytest.raises(RunNotFound):
        await stored_run(database, run.id)
    assert await database.run_log.read(run.id, after=0, limit=10) == []
    question, answer = await stored_messages(database, conversation.id)
    assert (question.text, answer.text, answer.status) == ("Why?", "Because.", MessageStatus.COMPLETED)
    assert answer.run_id is None
    assert [(spent.run_id, spent.usage) for spent in await ledger(database)] == [(None, USAGE)]


async def test_what_was_deleted_takes_no_events_and_is_not_deleted_twice(database: Database) -> None:
    run = await exchange(database, await add_conversation(database), "Why?", "Because.")
    await delete(database, run)
    assert await database.run_log.write([ending(run, "late", first=3)]) == {run.id}
    with pytest.raises(RunNotFound):
        await delete(database, run)
    assert await database.run_log.forget(older_than_seconds=0, limit=10) == 0


async def test_an_active_run_is_not_deleted(database: Database) -> None:
    conversation = await add_conversation(database)
    for run in (await ask(database, conversation, "running"), await queue(database, conversation, "queued")):
        with pytest.raises(ReplyInProgress) as refusal:
            await delete(database, run)
        assert refusal.value.run_id == run.id
        assert (await stored_run(database, run.id)).status.is_active


async def test_what_is_another_s_is_not_found(database: Database) -> None:
    run = await exchange(database, await add_conversation(database), "Why?", "Because.")
    async with database.begin() as tx:
        with pytest.raises(RunNotFound):
            await tx.runs.delete(run.id, owner=BOB)
        await tx.commit()
    assert await stored_run(database, run.id, owner=ALICE)


async def test_its_idempotency_key_is_free_again(database: Database) -> None:
    run = await exchange(database, await add_conversation(database), "Why?", "Because.")
    async with database.begin() as tx:
        await tx.keys.keep(key(), KeyUse(run_id=run.id))
        await tx.commit()
    await delete(database, run)
    async with database.begin() as tx:
        assert await tx.keys.find(key(fingerprint="another request"), lease_seconds=10) is None


async def test_the_conversation_goes_on(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await exchange(database, conversation, "Why?", "Because.")
    await delete(database, run)
    await exchange(database, conversation, "And?", "So.", parent_id=run.answer_id)
    texts = [message.text for message in await stored_messages(database, conversation.id)]
    assert texts == ["Why?", "Because.", "And?", "So."]


async def test_a_conversation_is_deleted_after_its_run(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await exchange(database, conversation, "Why?", "Because.")
    async with database.begin() as tx:
        await tx.runs.delete(run.id, owner=ALICE)
        await tx.conversations.delete(conversation.id, owner=ALICE)
        await tx.commit()
    assert [spent.run_id for spent in await ledger(database)] == [None]
