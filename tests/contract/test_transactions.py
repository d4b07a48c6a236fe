"""A transaction keeps everything or nothing, and nobody sees it half done."""

import asyncio
from contextlib import suppress

import pytest

from application.ports.storage import ConversationFilter
from domain.conversation import Conversation
from domain.errors import ConversationNotFound
from tests.support.builders import ALICE, add_conversation, new_conversation, stored_conversation, turn
from tests.support.databases import Database


async def everything(database: Database) -> list[Conversation]:
    async with database.read() as tx:
        return await tx.conversations.page(owner=ALICE, filter=ConversationFilter(), before=None, limit=1_000)


async def test_what_is_committed_is_there(database: Database) -> None:
    added = await add_conversation(database)
    assert await everything(database) == [added]


async def test_what_is_not_committed_is_forgotten(database: Database) -> None:
    async with database.begin() as tx:
        await tx.conversations.add(new_conversation())
    assert await everything(database) == []


async def test_an_exception_goes_on_to_the_caller_and_forgets_what_was_done(database: Database) -> None:
    kept = await add_conversation(database)

    async def change_much_and_fail() -> None:
        async with database.begin() as tx:
            await tx.conversations.add(new_conversation())
            await tx.runs.open(turn(kept))
            await tx.conversations.delete(kept.id, owner=ALICE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_much_and_fail()
    assert await everything(database) == [kept]


async def test_what_is_done_after_the_commit_needs_a_commit_of_its_own(database: Database) -> None:
    async with database.begin() as tx:
        kept = await tx.conversations.add(new_conversation("kept"))
        await tx.commit()
        with suppress(Exception):  # a store may also refuse it
            await tx.conversations.add(new_conversation("forgotten"))
    assert await everything(database) == [kept]


async def test_a_cancelled_transaction_is_forgotten_and_in_nobodys_way(database: Database) -> None:
    inside = asyncio.Event()

    async def begin_and_wait() -> None:
        async with database.begin() as tx:
            await tx.conversations.add(new_conversation("forgotten"))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(begin_and_wait())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(30):
        kept = await add_conversation(database, "kept")
    assert await everything(database) == [kept]
    assert database.checked_out == 0


@pytest.mark.parametrize("turns", range(12))
async def test_cancelled_at_any_moment_it_is_there_whole_or_not_at_all(database: Database, turns: int) -> None:
    async def add_with_a_question() -> None:
        async with database.begin() as tx:
            conversation = await tx.conversations.add(new_conversation())
            await tx.runs.open(turn(conversation))
            await tx.commit()

    task = asyncio.create_task(add_with_a_question())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    for conversation in await everything(database):
        async with database.read() as tx:
            assert len(await tx.messages.branch(conversation, limit=10)) == 2
    async with asyncio.timeout(30):
        await add_conversation(database)


async def test_what_is_not_committed_yet_is_seen_by_its_own_transaction_alone(database: Database) -> None:
    async with database.begin() as tx:
        added = await tx.conversations.add(new_conversation())
        run = await tx.runs.open(turn(added))
        assert (await tx.conversations.get(added.id, owner=ALICE)).head_id == run.answer_id
        assert await tx.runs.get(run.id, owner=ALICE) == run
        assert await tx.runs.active(added.id, owner=ALICE) == run
        assert await everything(database) == []
        with pytest.raises(ConversationNotFound):
            await stored_conversation(database, added.id)
        await tx.commit()
    assert (await stored_conversation(database, added.id)).head_id == run.answer_id


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    kept = await add_conversation(database)
    async with database.begin() as tx, asyncio.timeout(30):
        await tx.conversations.delete(kept.id, owner=ALICE)
        assert await everything(database) == [kept]


async def test_nothing_done_while_looking_lasts(database: Database) -> None:
    async with database.read() as tx:
        with suppress(Exception):  # a store may also refuse it
            await tx.conversations.add(new_conversation())
    assert await everything(database) == []


async def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    added = await asyncio.gather(*(add_conversation(database, f"Title {n}") for n in range(40)))
    assert len({conversation.id for conversation in added}) == 40
    assert await everything(database) == sorted(added, key=lambda conversation: -conversation.id)


async def test_an_open_transaction_is_counted_until_it_ends(database: Database) -> None:
    async with database.begin() as tx:
        await tx.conversations.add(new_conversation())
        assert database.checked_out == 1
    assert database.checked_out == 0


async def test_it_answers_and_says_what_it_is_without_a_password(database: Database) -> None:
    await database.ping()
    assert database.describe()
