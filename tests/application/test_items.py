"""The messages of a conversation as its owner puts them in, reads them in pages, and takes them out."""

import asyncio

import pytest

from adapters.memory.database import MemoryDatabase
from application.conversations.add_items import AddItems
from application.conversations.change_conversation import ChangeConversation
from application.conversations.create_conversation import CreateConversation
from application.conversations.delete_item import DeleteItem
from application.conversations.get_item import GetItem
from application.conversations.list_items import ListItems
from domain.access import Principal
from domain.conversation import Conversation, ConversationChange, ConversationId, Message, MessageId, Role, ToolResult
from domain.errors import ConversationNotFound, InvalidInput, MessageNotFound, ReplyInProgress, RunNotFound
from tests.support.builders import ALICE, BOB, LATER, NOON, add_conversation, key, said, stored_conversation
from tests.support.core import ANN, Core
from tests.support.scripted_model import whole

BEN = Principal(BOB)


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase()


@pytest.fixture
async def conversation(database: MemoryDatabase) -> Conversation:
    return await add_conversation(database)


async def add(database: MemoryDatabase, conversation: Conversation, *texts: str) -> list[Message]:
    add_items = AddItems(begin=database.begin, now=lambda: LATER)
    return await add_items(ANN, conversation.id, [said(Role.USER, text) for text in texts])


@pytest.mark.parametrize("oldest_first", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
async def test_pages_in_either_direction_have_everything_once(
    database: MemoryDatabase, conversation: Conversation, oldest_first: bool, limit: int
) -> None:
    texts = list("abcdefg")
    await add(database, conversation, *texts)
    list_items = ListItems(read=database.read)
    seen: list[str] = []
    after: MessageId | None = None
    more = True
    while more:
        page, more = await list_items(ANN, conversation.id, oldest_first=oldest_first, after=after, limit=limit)
        assert 0 < len(page) <= limit
        seen += [message.text for message in page]
        after = page[-1].id
    assert seen == (texts if oldest_first else texts[::-1])


async def test_a_message_is_looked_at_and_taken_out(database: MemoryDatabase, conversation: Conversation) -> None:
    first, second = await add(database, conversation, "a", "b")
    get_item, delete_item = GetItem(read=database.read), DeleteItem(begin=database.begin)
    assert await get_item(ANN, conversation.id, first.id) == first
    after = await delete_item(ANN, conversation.id, second.id)
    assert after == await stored_conversation(database, conversation.id)
    assert after.head_id == first.id
    for use_case in (get_item, delete_item):
        with pytest.raises(MessageNotFound):
            await use_case(ANN, conversation.id, second.id)


async def test_what_is_another_s_is_not_found(database: MemoryDatabase, conversation: Conversation) -> None:
    [message] = await add(database, conversation, "a")
    for principal, id in ((BEN, conversation.id), (ANN, ConversationId(999))):
        with pytest.raises(ConversationNotFound):
            await AddItems(begin=database.begin, now=lambda: LATER)(principal, id, [said(Role.USER, "b")])
        with pytest.raises(ConversationNotFound):
            await ListItems(read=database.read)(principal, id, limit=5)
        with pytest.raises(ConversationNotFound):
            await GetItem(read=database.read)(principal, id, message.id)
        with pytest.raises(ConversationNotFound):
            await DeleteItem(begin=database.begin)(principal, id, message.id)
    other = await add_conversation(database)
    with pytest.raises(MessageNotFound):
        await GetItem(read=database.read)(ANN, other.id, message.id)


async def test_bad_items_are_refused_by_name(database: MemoryDatabase, conversation: Conversation) -> None:
    add_items = AddItems(begin=database.begin, now=lambda: LATER)
    for items, field in (([], "items"), ([said(Role.USER, "a"), said(Role.TOOL, ToolResult("a", "\x00"))], "items[1]")):
        with pytest.raises(InvalidInput) as refusal:
            await add_items(ANN, conversation.id, items)
        assert refusal.value.field == field


async def test_while_a_run_is_active_nothing_is_put_in_or_taken_out(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [gate, *whole("Because.")]
    run = await core.ask()
    with pytest.raises(ReplyInProgress):
        await AddItems(begin=core.database.begin, now=core.clock)(ANN, run.conversation_id, [said(Role.USER, "a")])
    with pytest.raises(ReplyInProgress):
        await DeleteItem(begin=core.database.begin)(ANN, run.conversation_id, run.question_id)
    gate.set()
    await core.follow(run.id)


async def test_the_next_question_brings_what_was_put_in_and_not_what_was_taken_out(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    await core.follow(run.id)
    added = [said(Role.SYSTEM, "Be a bird."), said(Role.ASSISTANT, "Cheep.")]
    await AddItems(begin=core.database.begin, now=core.clock)(ANN, run.conversation_id, added)
    await DeleteItem(begin=core.database.begin)(ANN, run.conversation_id, run.answer_id)
    following = await core.ask("And?", run.conversation_id)
    await core.follow(following.id)
    shown = [message.text for message in core.model.requests[-1].messages]
    assert shown == ["Be brief.", "Why?", "Be a bird.", "Cheep.", "And?"]
    with pytest.raises(RunNotFound):
        await core.stored_run(run.id)


async def test_a_conversation_begins_with_messages_and_metadata_once_a_key(database: MemoryDatabase) -> None:
    create = CreateConversation(begin=database.begin, now=lambda: NOON, lease_seconds=10)
    messages = [said(Role.SYSTEM, "Be brief."), said(Role.USER, "Why?")]
    made = [await create(ANN, metadata={"for": "me"}, messages=messages, key=key()) for _ in range(2)]
    assert made[0] == made[1] == await stored_conversation(database, made[0].id, owner=ALICE)
    assert made[0].metadata == {"for": "me"}
    page, more = await ListItems(read=database.read)(ANN, made[0].id, oldest_first=True, limit=5)
    assert ([message.text for message in page], more) == (["Be brief.", "Why?"], False)
    with pytest.raises(InvalidInput):
        await create(ANN, messages=[said(Role.USER)])


async def test_metadata_is_checked_when_it_is_set(database: MemoryDatabase, conversation: Conversation) -> None:
    create = CreateConversation(begin=database.begin, now=lambda: NOON, lease_seconds=10)
    change = ChangeConversation(begin=database.begin, now=lambda: LATER)
    with pytest.raises(InvalidInput) as refusal:
        await create(ANN, metadata={"k" * 65: "v"})
    assert refusal.value.field == "metadata"
    with pytest.raises(InvalidInput):
        await change(ANN, conversation.id, ConversationChange(metadata={"k": "v" * 513}))
    assert (await change(ANN, conversation.id, ConversationChange(metadata={"k": "v"}))).metadata == {"k": "v"}
