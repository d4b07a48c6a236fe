"""Documents of conversations: only one's own, each once, and gone from everywhere when they are deleted."""

import pytest

from application.ports.storage import ConversationFilter, NewConversation
from domain.conversation import Conversation, ConversationChange
from domain.errors import DocumentNotFound
from domain.knowledge import DocumentId
from tests.support.builders import ALICE, BOB, LATER, NOON, stored_conversation
from tests.support.databases import Database
from tests.support.knowledge import add_document


async def begun(database: Database, *documents: DocumentId, alias: str | None = None) -> Conversation:
    async with database.begin() as tx:
        new = NewConversation(ALICE, None, "title", NOON, alias=alias, documents=documents)
        added = await tx.conversations.add(new)
        await tx.commit()
    return added


async def test_what_is_attached_comes_back_wherever_the_conversation_does(database: Database) -> None:
    one, two, three = [(await add_document(database, name)).id for name in (b"one", b"two", b"three")]
    added = await begun(database, two, one, alias="a")
    assert added.documents == (one, two)
    assert await stored_conversation(database, added.id) == added
    async with database.read() as tx:
        assert await tx.conversations.find("a", owner=ALICE) == added
        page = await tx.conversations.page(owner=ALICE, filter=ConversationFilter(), before=None, limit=9)
        assert page == [added]
    async with database.begin() as tx:
        change = ConversationChange(documents=(three, two))
        changed = await tx.conversations.change(added.id, change, owner=ALICE, at=LATER)
        assert changed.documents == (two, three)
        renamed = await tx.conversations.change(added.id, ConversationChange(title="b"), owner=ALICE, at=LATER)
        assert renamed.documents == (two, three)
        await tx.commit()
    async with database.begin() as tx:
        await tx.documents.delete(two, owner=ALICE)
        await tx.commit()
    assert (await stored_conversation(database, added.id)).documents == (three,)
    async with database.begin() as tx:
        none = await tx.conversations.change(added.id, ConversationChange(documents=()), owner=ALICE, at=LATER)
        assert none.documents == ()
        await tx.commit()
    assert (await stored_conversation(database, added.id)).documents == ()


async def test_nobody_attaches_what_is_anothers_or_not_there(database: Database) -> None:
    mine, bobs = (await add_document(database)).id, (await add_document(database, owner=BOB)).id
    conversation = await begun(database, mine)
    for foreign in (bobs, DocumentId(900)):
        with pytest.raises(DocumentNotFound):
            await begun(database, foreign)
        async with database.begin() as tx:
            change = ConversationChange(documents=(mine, foreign))
            with pytest.raises(DocumentNotFound):
                await tx.conversations.change(conversation.id, change, owner=ALICE, at=LATER)
    assert (await stored_conversation(database, conversation.id)).documents == (mine,)
