"""ConversationRepository.page: order, keysets, filters and search."""

import pytest

from application.ports.storage import ConversationFilter
from domain.access import OwnerId
from domain.conversation import Conversation, ConversationChange, ConversationId
from tests.support.builders import ALICE, BOB, LATER, ODD_TEXTS, add_conversation, ask, exchange
from tests.support.databases import Database

ALL = ConversationFilter()


async def page(
    database: Database,
    filter: ConversationFilter = ALL,
    *,
    owner: OwnerId = ALICE,
    before: ConversationId | None = None,
    limit: int = 100,
) -> list[Conversation]:
    async with database.read() as tx:
        return await tx.conversations.page(owner=owner, filter=filter, before=before, limit=limit)


async def titles(database: Database, filter: ConversationFilter) -> list[str]:
    return [conversation.title for conversation in await page(database, filter)]


async def search(database: Database, query: str) -> list[str]:
    return await titles(database, ConversationFilter(query=query))


async def test_the_newest_come_first_and_no_more_than_asked_for(database: Database) -> None:
    added = [await add_conversation(database) for _ in range(4)]
    assert await page(database, limit=3) == [added[3], added[2], added[1]]
    assert await page(database, before=added[1].id) == [added[0]]
    assert await page(database, before=added[0].id) == []


async def test_everyone_sees_their_own(database: Database) -> None:
    hers, his = await add_conversation(database, owner=ALICE), await add_conversation(database, owner=BOB)
    assert await page(database, owner=ALICE) == [hers]
    assert await page(database, owner=BOB) == [his]
    assert await page(database, ConversationFilter(query="title"), owner=BOB) == [his]


async def test_pages_have_no_gap_and_no_repetition_while_others_add_change_and_delete(database: Database) -> None:
    there = [await add_conversation(database) for _ in range(7)]
    seen: list[ConversationId] = []
    before = None
    while batch := await page(database, before=before, limit=2):
        seen += [conversation.id for conversation in batch]
        before = seen[-1]
        await add_conversation(database, "added meanwhile")
        async with database.begin() as tx:
            await tx.conversations.change(there[0].id, ConversationChange(pinned=True), owner=ALICE, at=LATER)
            if len(seen) == 2:
                await tx.conversations.delete(there[6].id, owner=ALICE)  # already seen, and the cursor's neighbour
                await tx.conversations.delete(there[5].id, owner=ALICE)  # the row that the cursor names
            await tx.commit()
    assert seen == [conversation.id for conversation in reversed(there)]


async def test_filters_choose_by_label_and_by_shelf(database: Database) -> None:
    await add_conversation(database, "ann's", user_label="ann")
    await add_conversation(database, "Ann's", user_label="Ann")
    shelved = await add_conversation(database, "shelved")
    async with database.begin() as tx:
        await tx.conversations.change(shelved.id, ConversationChange(archived=True, pinned=True), owner=ALICE, at=LATER)
        await tx.commit()
    assert await titles(database, ConversationFilter(user_label="ann")) == ["ann's"]
    assert await titles(database, ConversationFilter(user_label="nobody")) == []
    assert await titles(database, ConversationFilter(archived=True)) == ["shelved"]
    assert await titles(database, ConversationFilter(archived=False)) == ["Ann's", "ann's"]
    assert await titles(database, ConversationFilter(user_label="ann", archived=True)) == []
    assert await titles(database, ConversationFilter(pinned=True)) == ["shelved"]
    assert await titles(database, ConversationFilter(pinned=False, archived=False)) == ["Ann's", "ann's"]
    assert await titles(database, ConversationFilter(user_label="ann", query="ANN", archived=False)) == ["ann's"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("100%", "100% sure"),
        ("%", "100% sure"),
        ("a_b", "a_b"),
        ("_", "a_b"),
        ("back\\slash", "back\\slash"),
        ("\\", "back\\slash"),
        ("it's", "it's"),
        ('"so"', '"so"'),
        ("[a-z]", "[a-z]*"),
        ("*", "[a-z]*"),
        ("🙂", "smile 🙂"),
        ("שלום", "שלום עולם"),
        ("straße", "Straße"),
    ],
)
async def test_search_is_literal_in_titles_and_in_messages(database: Database, query: str, found: str) -> None:
    texts = ["100% sure", "100 percent", "a_b", "axb", "back\\slash", "backslash", "it's", "its", '"so"', "so"]
    texts += ["[a-z]*", "smile 🙂", "smile 🙃", "שלום עולם", "Straße"]
    for text in texts:
        await add_conversation(database, text)
    assert await search(database, query) == [found]
    for text in texts:
        await exchange(database, await add_conversation(database, "untitled"), text, "an answer")
    assert await search(database, query) == ["untitled", found]


async def test_search_does_not_regard_case(database: Database) -> None:
    for text in ("ÄPFEL und Birnen", "Äpfel UND Birnen", "ДРУЖБА"):
        await add_conversation(database, text)
    assert await search(database, "äpfel und") == ["Äpfel UND Birnen", "ÄPFEL und Birnen"]
    assert await search(database, "дружба") == ["ДРУЖБА"]


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
async def test_every_text_is_found_by_itself(database: Database, text: str) -> None:
    await add_conversation(database, "other")
    await add_conversation(database, text)
    assert await search(database, text) == [text]
    await exchange(database, await add_conversation(database, "asked"), text, "an answer")
    await exchange(database, await add_conversation(database, "answered"), "a question", text)
    assert await search(database, text) == ["answered", "asked", text]


@pytest.mark.parametrize("query", ["text", "kind", "parts", "null", "provider", "{", '"', "\\"])
async def test_search_finds_words_and_not_the_way_they_are_kept(database: Database, query: str) -> None:
    await exchange(database, await add_conversation(database, "A"), "hello\nthere", "good day")
    assert await search(database, query) == []


async def test_search_finds_questions_at_once_and_answers_once_they_are_whole(database: Database) -> None:
    conversation = await add_conversation(database, "A")
    await ask(database, conversation, "the question")
    assert await search(database, "question") == ["A"]
    assert await search(database, "answer") == []
    other = await add_conversation(database, "B")
    await exchange(database, other, "hello", "the answer")
    assert await search(database, "answer") == ["B"]


async def test_search_pages_like_everything_else(database: Database) -> None:
    added = [await add_conversation(database, title) for title in ("match 1", "other", "match 2", "match 3")]
    matching = ConversationFilter(query="MATCH")
    assert await page(database, matching, limit=2) == [added[3], added[2]]
    assert await page(database, matching, before=added[2].id, limit=2) == [added[0]]
