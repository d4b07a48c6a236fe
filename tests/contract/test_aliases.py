"""ConversationRepository: what clients call their conversations."""

import asyncio
from dataclasses import replace

import pytest

from domain.access import OwnerId
from domain.conversation import Conversation, ConversationChange
from tests.support.builders import ALICE, BOB, LATER, ODD_TEXTS, add_conversation, exchange, new_conversation
from tests.support.databases import Database


async def called(database: Database, alias: str, *, owner: OwnerId = ALICE, title: str = "A title") -> Conversation:
    async with database.begin() as tx:
        conversation = await tx.conversations.add(replace(new_conversation(title, owner=owner), alias=alias))
        await tx.commit()
    return conversation


async def found(database: Database, alias: str, *, owner: OwnerId = ALICE) -> Conversation | None:
    async with database.read() as tx:
        return await tx.conversations.find(alias, owner=owner)


@pytest.mark.parametrize("alias", ["chat", "", "a/b?c#d %2F", *ODD_TEXTS.values()], ids=repr)
async def test_a_conversation_is_found_by_its_alias_and_by_no_other(database: Database, alias: str) -> None:
    await add_conversation(database)
    added = await called(database, alias)
    assert added.alias == alias
    assert await found(database, alias) == added
    assert await found(database, alias + "x") is None
    assert await found(database, alias, owner=BOB) is None


async def test_an_alias_is_given_once_to_an_owner_and_stays_where_it_is(database: Database) -> None:
    hers, his = await called(database, "chat"), await called(database, "chat", owner=BOB)
    await exchange(database, hers, "a question", "an answer")
    async with database.begin() as tx:
        changed = await tx.conversations.change(hers.id, ConversationChange(title="Renamed"), owner=ALICE, at=LATER)
        await tx.commit()
    again = await called(database, "chat", title="Another title")
    assert changed.alias == "chat"
    assert again == changed
    assert again.head_id is not None
    assert hers.id != his.id
    assert [await found(database, "chat", owner=BOB)] == [his]


async def test_of_many_who_give_an_alias_at_once_one_adds_the_conversation(database: Database) -> None:
    added = await asyncio.gather(*(called(database, "chat") for _ in range(5)))
    assert {conversation.id for conversation in added} == {added[0].id}


async def test_what_is_not_committed_has_no_alias(database: Database) -> None:
    async with database.begin() as tx:
        added = await tx.conversations.add(replace(new_conversation(), alias="chat"))
        assert await tx.conversations.find("chat", owner=ALICE) == added
    assert await found(database, "chat") is None
    assert (await called(database, "chat")).title == "A title"


async def test_the_alias_of_what_is_deleted_is_free_also_in_the_same_transaction(database: Database) -> None:
    old = await called(database, "chat")
    async with database.begin() as tx:
        await tx.conversations.delete(old.id, owner=ALICE)
        assert await tx.conversations.find("chat", owner=ALICE) is None
        new = await tx.conversations.add(replace(new_conversation("New"), alias="chat"))
        await tx.commit()
    assert new.id > old.id
    assert await found(database, "chat") == new
    async with database.begin() as tx:
        await tx.conversations.delete(new.id, owner=ALICE)
        await tx.commit()
    assert await found(database, "chat") is None
