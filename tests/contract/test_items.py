"""MessageRepository: messages without a run, the way to the head from its beginning, and messages taken out."""

from dataclasses import dataclass

import pytest

from domain.conversation import Conversation, Message, MessageId, MessageStatus, ProviderState, Role, Text, ToolResult
from domain.errors import MessageNotFound, RunNotFound
from tests.support.builders import (
    ALICE,
    BOB,
    LATER,
    NOON,
    USAGE,
    add_conversation,
    exchange,
    said,
    stored_conversation,
    stored_messages,
    stored_run,
)
from tests.support.databases import Database, ledger


async def add(database: Database, conversation: Conversation, *texts: str) -> list[Message]:
    """Below the head as it is now."""
    async with database.begin() as tx:
        now = await tx.conversations.get(conversation.id, owner=conversation.owner)
        added = await tx.messages.add(now, [said(Role.USER, text) for text in texts], at=LATER)
        await tx.commit()
    return added


async def delete(database: Database, conversation: Conversation, id: MessageId) -> None:
    async with database.begin() as tx:
        now = await tx.conversations.get(conversation.id, owner=conversation.owner)
        await tx.messages.delete(now, id)
        await tx.commit()


async def onwards(
    database: Database, conversation: Conversation, after: MessageId | None = None, limit: int = 100
) -> list[str]:
    async with database.read() as tx:
        now = await tx.conversations.get(conversation.id, owner=conversation.owner)
        return [message.text for message in await tx.messages.onwards(now, after=after, limit=limit)]


async def texts(database: Database, conversation: Conversation, tip: MessageId | None = None) -> list[str]:
    async with database.read() as tx:
        now = await tx.conversations.get(conversation.id, owner=conversation.owner)
        return [message.text for message in await tx.messages.branch(now, tip=tip, limit=100)]


# --- adding


async def test_messages_go_below_the_head_in_order_and_the_head_moves(database: Database) -> None:
    conversation = await add_conversation(database)
    first = await exchange(database, conversation, "q", "a")
    state = ProviderState("x", {"kept": [1]})
    new = [said(Role.SYSTEM, "be"), said(Role.TOOL, ToolResult("call", "dry")), said(Role.USER, Text("c", state))]
    async with database.begin() as tx:
        now = await tx.conversations.get(conversation.id, owner=ALICE)
        added = await tx.messages.add(now, new, at=LATER)
        await tx.commit()
    state.data["kept"] = "changed by the caller"
    stored = await stored_messages(database, conversation.id)
    assert [message.id for message in stored[2:]] == [message.id for message in added]
    assert [message.parent_id for message in stored[2:]] == [first.answer_id, added[0].id, added[1].id]
    assert [(message.role, message.text) for message in stored[2:]] == [
        (Role.SYSTEM, "be"),
        (Role.TOOL, ""),
        (Role.USER, "c"),
    ]
    assert {(m.status, m.created_at, m.run_id) for m in stored[2:]} == {(MessageStatus.COMPLETED, LATER, None)}
    assert stored[4].parts == (Text("c", ProviderState("x", {"kept": [1]})),)
    assert first.answer_id < added[0].id < added[1].id < added[2].id
    moved = await stored_conversation(database, conversation.id)
    assert (moved.head_id, moved.updated_at) == (added[2].id, LATER)


async def test_an_empty_conversation_can_begin_with_messages(database: Database) -> None:
    conversation = await add_conversation(database)
    [first, second] = await add(database, conversation, "a", "b")
    assert (first.parent_id, second.parent_id) == (None, first.id)
    assert await stored_messages(database, conversation.id) == [first, second]


async def test_nothing_added_changes_nothing(database: Database) -> None:
    conversation = await add_conversation(database)
    assert await add(database, conversation) == []
    assert await stored_conversation(database, conversation.id) == conversation


async def test_a_question_goes_below_what_was_added(database: Database) -> None:
    conversation = await add_conversation(database)
    [added] = await add(database, conversation, "a")
    run = await exchange(database, conversation, "q", "r", parent_id=added.id)
    assert added.id < run.question_id < run.answer_id
    assert await texts(database, conversation) == ["a", "q", "r"]


# --- onwards


async def test_from_every_cursor_and_in_pages_of_any_size_it_is_the_same_way(database: Database) -> None:
    conversation = await add_conversation(database)
    abandoned = await exchange(database, conversation, "root", "left")
    [other] = await add(database, conversation, "left too")
    right = await exchange(database, conversation, "right", "R", parent_id=abandoned.question_id)
    added = await add(database, conversation, "a", "b", "c")
    way = ["root", "right", "R", "a", "b", "c"]
    assert await onwards(database, conversation) == way
    assert await texts(database, conversation) == way
    ids = [abandoned.question_id, right.question_id, right.answer_id, *(message.id for message in added)]
    for place, id in enumerate(ids):
        for limit in (1, 2, 100):
            assert await onwards(database, conversation, id, limit) == way[place + 1 :][:limit]
    assert await onwards(database, conversation, limit=2) == way[:2]
    assert await onwards(database, conversation, other.id) == way[1:]


async def test_without_a_head_there_is_no_way(database: Database) -> None:
    assert await onwards(database, await add_conversation(database)) == []


@pytest.mark.parametrize("id", [0, -1, 999_999, 2**63, 10**30])
async def test_a_message_of_another_conversation_is_not_found(database: Database, id: int) -> None:
    conversation, other = await add_conversation(database), await add_conversation(database)
    await add(database, conversation, "a")
    [foreign] = await add(database, other, "b")
    for wrong in (MessageId(id), foreign.id):
        with pytest.raises(MessageNotFound):
            await onwards(database, conversation, wrong)
        with pytest.raises(MessageNotFound):
            await delete(database, conversation, wrong)
    assert await onwards(database, other) == ["b"]


# --- taking out


@dataclass(frozen=True)
class Case:
    gone: str
    left: list[str]


@pytest.mark.parametrize(
    "case",
    [Case("a", ["b", "c"]), Case("b", ["a", "c"]), Case("c", ["a", "b"])],
    ids=lambda case: case.gone,
)
async def test_a_message_that_goes_leaves_what_was_below_it_to_its_parent(database: Database, case: Case) -> None:
    conversation = await add_conversation(database)
    added = {message.text: message.id for message in await add(database, conversation, "a", "b", "c")}
    await delete(database, conversation, added[case.gone])
    left = await stored_messages(database, conversation.id)
    assert [message.text for message in left] == case.left
    assert [message.parent_id for message in left] == [None, left[0].id]
    assert (await stored_conversation(database, conversation.id)).head_id == left[-1].id
    with pytest.raises(MessageNotFound):
        await texts(database, conversation, added[case.gone])


async def test_the_only_message_leaves_an_empty_conversation(database: Database) -> None:
    conversation = await add_conversation(database)
    [only] = await add(database, conversation, "a")
    await delete(database, conversation, only.id)
    assert (await stored_conversation(database, conversation.id)).head_id is None
    assert await stored_messages(database, conversation.id) == []
    [again] = await add(database, conversation, "b")
    assert again.id > only.id


async def test_every_branch_below_a_message_that_goes_stays(database: Database) -> None:
    conversation = await add_conversation(database)
    root = await exchange(database, conversation, "root", "hi")
    left = await exchange(database, conversation, "left", "L", parent_id=root.answer_id)
    right = await exchange(database, conversation, "right", "R", parent_id=root.answer_id)
    await delete(database, conversation, root.answer_id)
    assert await texts(database, conversation, left.answer_id) == ["root", "left", "L"]
    assert await texts(database, conversation, right.answer_id) == ["root", "right", "R"]
    assert await texts(database, conversation) == ["root", "right", "R"]


async def test_an_answer_takes_its_run_with_it_and_a_question_does_not(database: Database) -> None:
    conversation = await add_conversation(database)
    first = await exchange(database, conversation, "q", "a")
    second = await exchange(database, conversation, "p", "b", parent_id=first.answer_id)
    await delete(database, conversation, first.answer_id)
    with pytest.raises(RunNotFound):
        await stored_run(database, first.id)
    assert await database.run_log.read(first.id, after=0, limit=10) == []
    await delete(database, conversation, second.question_id)
    assert await stored_run(database, second.id)
    assert await texts(database, conversation) == ["q", "b"]
    assert [(spent.run_id, spent.usage) for spent in await ledger(database)] == [(None, USAGE), (second.id, USAGE)]


async def test_what_is_not_committed_is_not_done(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await exchange(database, conversation, "q", "a")
    before = await stored_messages(database, conversation.id)
    async with database.begin() as tx:
        now = await tx.conversations.get(conversation.id, owner=ALICE)
        [added] = await tx.messages.add(now, [said(Role.USER, "new")], at=LATER)
        now = await tx.conversations.get(conversation.id, owner=ALICE)
        assert now.head_id == added.id
        await tx.messages.delete(now, added.id)
        await tx.messages.delete(now, run.question_id)
        await tx.runs.delete(run.id, owner=ALICE)
    assert await stored_messages(database, conversation.id) == before
    assert (await stored_run(database, run.id)).id == run.id
    assert (await stored_conversation(database, conversation.id)).updated_at == NOON


async def test_a_deleted_conversation_takes_what_was_added_with_it(database: Database) -> None:
    conversation, other = await add_conversation(database), await add_conversation(database, owner=BOB)
    [added] = await add(database, conversation, "a")
    async with database.begin() as tx:
        await tx.messages.delete(await tx.conversations.get(conversation.id, owner=ALICE), added.id)
        await tx.conversations.delete(conversation.id, owner=ALICE)
        await tx.commit()
    async with database.read() as tx:
        with pytest.raises(MessageNotFound):
            await tx.messages.branch(other, tip=added.id, limit=1)
