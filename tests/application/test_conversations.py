"""The use cases that look at conversations and change them."""

import pytest

from adapters.memory.database import MemoryDatabase
from application.conversations.change_conversation import ChangeConversation
from application.conversations.create_conversation import CreateConversation
from application.conversations.get_conversation import GetConversation
from application.conversations.list_conversations import ListConversations
from application.conversations.list_messages import ListMessages
from application.ports.storage import ConversationFilter
from domain.access import Principal
from domain.conversation import ConversationChange, ConversationId, MessageId
from domain.errors import ConversationNotFound, InvalidInput, MessageNotFound
from domain.title import UNTITLED
from tests.support.builders import ALICE, BOB, LATER, NOON, add_conversation, ask, exchange
from tests.support.core import ANN

BEN = Principal(BOB)
ALL = ConversationFilter()


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase()


async def test_a_conversation_is_created_with_or_without_a_title(database: MemoryDatabase) -> None:
    create = CreateConversation(begin=database.begin, now=lambda: NOON, lease_seconds=10)
    named = await create(ANN, title="Plans", user_label="ann")
    unnamed = await create(ANN)
    assert (named.owner, named.title, named.user_label, named.created_at) == (ALICE, "Plans", "ann", NOON)
    assert (unnamed.title, unnamed.user_label) == (UNTITLED, None)
    for title, label in (("x" * 201, None), (" ", None), ("Plans", "\x00")):
        with pytest.raises(InvalidInput):
            await create(ANN, title=title, user_label=label)
    page, _ = await ListConversations(read=database.read)(ANN, ALL, before=None, limit=10)
    assert page == [unnamed, named]


async def test_a_page_says_whether_there_are_more(database: MemoryDatabase) -> None:
    list_conversations = ListConversations(read=database.read)
    added = [await add_conversation(database) for _ in range(5)]
    first, more = await list_conversations(ANN, ALL, before=None, limit=3)
    assert (first, more) == ([added[4], added[3], added[2]], True)
    second, more = await list_conversations(ANN, ALL, before=first[-1].id, limit=2)
    assert (second, more) == ([added[1], added[0]], False)
    assert await list_conversations(BEN, ALL, before=None, limit=3) == ([], False)


async def test_a_page_of_messages_is_the_last_of_them_and_says_whether_there_are_more(database: MemoryDatabase) -> None:
    list_messages = ListMessages(read=database.read)
    conversation = await add_conversation(database)
    first = await exchange(database, conversation, "1", "2")
    second = await exchange(database, conversation, "3", "4", parent_id=first.answer_id)
    page, more = await list_messages(ANN, conversation.id, before=None, tip=None, limit=3)
    assert ([message.text for message in page], more) == (["2", "3", "4"], True)
    page, more = await list_messages(ANN, conversation.id, before=second.question_id, tip=None, limit=2)
    assert ([message.text for message in page], more) == (["1", "2"], False)
    page, more = await list_messages(ANN, conversation.id, before=None, tip=first.answer_id, limit=2)
    assert ([message.text for message in page], more) == (["1", "2"], False)
    with pytest.raises(MessageNotFound):
        await list_messages(ANN, conversation.id, before=MessageId(999), tip=None, limit=2)
    with pytest.raises(ConversationNotFound):
        await list_messages(BEN, conversation.id, before=None, tip=None, limit=2)


async def test_one_conversation_comes_with_the_run_that_is_answering_in_it(database: MemoryDatabase) -> None:
    get = GetConversation(read=database.read)
    conversation = await add_conversation(database)
    assert await get(ANN, conversation.id) == (conversation, None)
    run = await ask(database, conversation, "Why?")
    moved, active = await get(ANN, conversation.id)
    assert (moved.head_id, active) == (run.answer_id, run)
    with pytest.raises(ConversationNotFound):
        await get(BEN, conversation.id)


async def test_a_change_is_checked_and_kept(database: MemoryDatabase) -> None:
    change = ChangeConversation(begin=database.begin, now=lambda: LATER)
    conversation = await add_conversation(database)
    renamed = await change(ANN, conversation.id, ConversationChange(title="Plans", pinned=True))
    assert (renamed.title, renamed.pinned, renamed.updated_at) == ("Plans", True, LATER)
    for title in ("", " ", "x" * 201, "\x00"):
        with pytest.raises(InvalidInput):
            await change(ANN, conversation.id, ConversationChange(title=title))
    for principal, id in ((BEN, conversation.id), (ANN, ConversationId(999))):
        with pytest.raises(ConversationNotFound):
            await change(principal, id, ConversationChange(title="Mine"))
    assert (await GetConversation(read=database.read)(ANN, conversation.id))[0] == renamed
