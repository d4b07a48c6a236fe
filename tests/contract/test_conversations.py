"""ConversationRepository: one conversation at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from application.ports.storage import ConversationFilter, NewConversation, Transaction
from domain.access import OwnerId
from domain.conversation import Conversation, ConversationChange, ConversationId
from domain.errors import ConversationNotFound, RunNotFound
from tests.support.builders import (
    ALICE,
    BOB,
    LATER,
    NOON,
    ODD_TEXTS,
    add_conversation,
    ask,
    exchange,
    new_conversation,
    stored_conversation,
    stored_messages,
    stored_run,
)
from tests.support.databases import Database

RENAMED = ConversationChange(title="Bob's")
Touch = Callable[[Transaction, ConversationId], Awaitable[object]]
TOUCHES: dict[str, Touch] = {
    "get": lambda tx, which: tx.conversations.get(which, owner=BOB),
    "change": lambda tx, which: tx.conversations.change(which, RENAMED, owner=BOB, at=LATER),
    "delete": lambda tx, which: tx.conversations.delete(which, owner=BOB),
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
async def test_every_field_comes_back_as_it_was(database: Database, text: str) -> None:
    async with database.begin() as tx:
        new = NewConversation(ALICE, user_label=text, title=text, created_at=NOON, metadata={text: text})
        added = await tx.conversations.add(new)
        await tx.commit()
    assert added == Conversation(
        id=added.id,
        owner=ALICE,
        user_label=text,
        title=text,
        created_at=NOON,
        updated_at=NOON,
        head_id=None,
        pinned=False,
        archived=False,
        metadata={text: text},
    )
    assert await stored_conversation(database, added.id) == added


async def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    stored = await stored_conversation(database, (await add_conversation(database)).id)
    assert stored.created_at.utcoffset() == NOON.utcoffset()
    assert stored.created_at.microsecond == NOON.microsecond


async def test_ids_rise_and_are_never_used_again(database: Database) -> None:
    first, second = await add_conversation(database), await add_conversation(database)
    async with database.begin() as tx:
        await tx.conversations.delete(second.id, owner=ALICE)
        await tx.commit()
    third = await add_conversation(database)
    assert first.id < second.id < third.id


@pytest.mark.parametrize("id", [0, -1, 999_999, 2**31, 2**63, -(2**63) - 1, 10**30])
@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES.keys())
async def test_an_id_that_nobody_was_given_is_not_found(database: Database, touch: Touch, id: int) -> None:
    async with database.begin() as tx:
        with pytest.raises(ConversationNotFound):
            await touch(tx, ConversationId(id))


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES.keys())
async def test_what_belongs_to_another_is_not_found_and_stays_as_it_was(database: Database, touch: Touch) -> None:
    hers = await add_conversation(database, owner=ALICE)
    async with database.begin() as tx:
        with pytest.raises(ConversationNotFound):
            await touch(tx, hers.id)
        await tx.commit()
    assert await stored_conversation(database, hers.id) == hers


@pytest.mark.parametrize(
    "change",
    [
        ConversationChange(),
        ConversationChange(title="Renamed"),
        ConversationChange(pinned=True),
        ConversationChange(archived=True),
        ConversationChange(metadata={"for": "me", "π": ""}),
        ConversationChange(title="All of it", pinned=True, archived=True, metadata={"a": "b"}),
    ],
    ids=str,
)
async def test_a_change_changes_what_it_names_and_the_time(database: Database, change: ConversationChange) -> None:
    before = await add_conversation(database, user_label="ann")
    async with database.begin() as tx:
        after = await tx.conversations.change(before.id, change, owner=ALICE, at=LATER)
        await tx.commit()
    names = ("title", "pinned", "archived", "metadata")
    named = {name: value for name in names if (value := getattr(change, name)) is not None}
    assert after == replace(before, updated_at=LATER, **named)
    assert await stored_conversation(database, before.id) == after


async def test_pinned_and_archived_can_be_taken_back(database: Database) -> None:
    id = (await add_conversation(database)).id
    for pinned, archived in [(True, True), (False, None), (None, False)]:
        async with database.begin() as tx:
            change = ConversationChange(pinned=pinned, archived=archived)
            await tx.conversations.change(id, change, owner=ALICE, at=LATER)
            await tx.commit()
    stored = await stored_conversation(database, id)
    assert (stored.pinned, stored.archived) == (False, False)


async def test_metadata_is_replaced_whole_and_nobody_s_copy_is_the_store_s(database: Database) -> None:
    mine = {"kept": "yes"}
    async with database.begin() as tx:
        id = (await tx.conversations.add(replace(new_conversation(), metadata=mine))).id
        await tx.commit()
    mine["added"] = "by the caller"
    read = (await stored_conversation(database, id)).metadata
    assert read == {"kept": "yes"}
    assert isinstance(read, dict)
    read["added"] = "by the reader"
    assert (await stored_conversation(database, id)).metadata == {"kept": "yes"}
    for metadata in ({"other": "x"}, {}):
        async with database.begin() as tx:
            await tx.conversations.change(id, ConversationChange(metadata=metadata), owner=ALICE, at=LATER)
            await tx.commit()
        assert (await stored_conversation(database, id)).metadata == metadata


async def test_deleting_takes_messages_runs_and_events_along_and_nothing_else(database: Database) -> None:
    doomed, kept = await add_conversation(database), await add_conversation(database)
    answered = await exchange(database, doomed, "a needle", "an answer")
    running = await ask(database, doomed, "another", parent_id=answered.answer_id)
    other = await exchange(database, kept, "a question", "an answer")
    async with database.begin() as tx:
        await tx.conversations.delete(doomed.id, owner=ALICE)
        await tx.commit()
    for run in (answered, running):
        with pytest.raises(RunNotFound):
            await stored_run(database, run.id)
        assert await database.run_log.read(run.id, after=0, limit=10) == []
    async with database.read() as tx:
        assert await tx.runs.active(doomed.id, owner=ALICE) is None
        found = await tx.conversations.page(
            owner=ALICE, filter=ConversationFilter(query="needle"), before=None, limit=10
        )
    assert found == []
    assert [message.id for message in await stored_messages(database, kept.id)] == [other.question_id, other.answer_id]
    assert len(await database.run_log.read(other.id, after=0, limit=10)) == 2


async def test_what_was_added_and_deleted_in_one_transaction_never_was(database: Database) -> None:
    async with database.begin() as tx:
        added = await tx.conversations.add(new_conversation())
        await tx.conversations.delete(added.id, owner=ALICE)
        with pytest.raises(ConversationNotFound):
            await tx.conversations.get(added.id, owner=ALICE)
        await tx.commit()
    with pytest.raises(ConversationNotFound):
        await stored_conversation(database, added.id)


async def test_a_title_is_replaced_only_while_it_is_the_old_one(database: Database) -> None:
    async with database.begin() as tx:
        first = await tx.conversations.add(new_conversation(title="first words"))
        await tx.commit()

    async def retitle(owner: OwnerId, old: str, new: str) -> str:
        async with database.begin() as tx:
            await tx.conversations.retitle(first.id, owner=owner, old=old, new=new)
            await tx.commit()
        async with database.read() as tx:
            found = await tx.conversations.get(first.id, owner=ALICE)
        assert found.updated_at == first.updated_at
        return found.title

    assert await retitle(BOB, "first words", "stolen") == "first words"
    assert await retitle(ALICE, "first words", "Rivers") == "Rivers"
    assert await retitle(ALICE, "first words", "too late") == "Rivers"
