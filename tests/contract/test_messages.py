"""MessageRepository: what is said comes back as it was said, along the branch that it was said on."""

from dataclasses import replace

import pytest

from domain.conversation import (
    ConversationChange,
    Image,
    MessageId,
    MessageStatus,
    Part,
    ProviderState,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from domain.errors import MessageNotFound
from tests.support.builders import (
    ALICE,
    LATER,
    NOON,
    ODD_TEXTS,
    add_conversation,
    ask,
    ending,
    exchange,
    new_conversation,
    stored_conversation,
    stored_messages,
)
from tests.support.databases import Database

STATE = {"signature": "Ω==", "nested": {"list": [1, -2.5, True, None, "🙂", {"a": []}]}, "big": 2**53, "": ""}
PARTS: dict[str, tuple[Part, ...]] = {
    "text": (Text("hello"),),
    "text with state": (Text("hello", ProviderState("openai", STATE)),),
    "reasoning": (Reasoning("hm"), Text("hello")),
    "reasoning with state": (Reasoning("", ProviderState("anthropic", STATE, "claude")), Text("hello")),
    "a call": (Text("hello"), ToolCall("call_1", "weather", '{"in": "Bern"}', ProviderState("x", STATE))),
    "a broken call": (ToolCall("", "", '{"in": "Be'),),
    "results": (ToolResult("call_1", "dry\n"), ToolResult("call_2", "", ProviderState("x", STATE))),
    "pictures": (Image("https://example.org/wren.png"), Text("who?"), Image("data:image/png;base64,AA==", "low")),
    "many": (Text("a"), Reasoning("b"), Text(""), Text("c"), Reasoning("d", ProviderState("x", {}))),
}


async def test_a_turn_is_a_question_and_a_place_for_its_answer(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await ask(database, conversation, "Why?")
    question, answer = await stored_messages(database, conversation.id)
    assert (question.id, question.parent_id, question.conversation_id) == (run.question_id, None, conversation.id)
    assert (question.role, question.parts, question.status) == (Role.USER, (Text("Why?"),), MessageStatus.COMPLETED)
    assert (answer.id, answer.parent_id, answer.conversation_id) == (run.answer_id, question.id, conversation.id)
    assert (answer.role, answer.parts, answer.status) == (Role.ASSISTANT, (), MessageStatus.IN_PROGRESS)
    assert question.id < answer.id
    assert question.created_at == answer.created_at == NOON
    assert (question.run_id, answer.run_id) == (None, run.id)


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS.keys())
async def test_every_kind_of_part_comes_back_as_it_was(database: Database, parts: tuple[Part, ...]) -> None:
    conversation = await add_conversation(database)
    run = await ask(database, conversation, *parts)
    await database.run_log.write([ending(run, *parts)])
    question, answer = await stored_messages(database, conversation.id)
    assert question.parts == parts
    assert answer.parts == parts


@pytest.mark.parametrize("text", [*ODD_TEXTS.values(), "x" * 1_000_000], ids=[*ODD_TEXTS.keys(), "a million"])
async def test_every_text_comes_back_as_it_was(database: Database, text: str) -> None:
    conversation = await add_conversation(database)
    await exchange(database, conversation, text, text)
    assert [message.text for message in await stored_messages(database, conversation.id)] == [text, text]


async def test_what_the_caller_does_to_its_own_objects_afterwards_changes_nothing(database: Database) -> None:
    conversation = await add_conversation(database)
    state: dict[str, object] = {"kept": [1]}
    part = Text("hello", ProviderState("openai", state))
    run = await ask(database, conversation, part)
    await database.run_log.write([ending(run, part)])
    state["kept"] = state["added"] = "by the caller"
    for _ in range(2):
        for message in await stored_messages(database, conversation.id):
            kept = message.parts[0].provider_state
            assert kept
            assert kept.data == {"kept": [1]}
            kept.data["added"] = "by the reader"


async def test_ids_rise_over_all_conversations_and_are_never_used_again(database: Database) -> None:
    doomed, other = await add_conversation(database), await add_conversation(database)
    first = await exchange(database, doomed, "a", "b")
    async with database.begin() as tx:
        await tx.conversations.delete(doomed.id, owner=doomed.owner)
        await tx.commit()
    second = await ask(database, other, "c")
    assert first.question_id < first.answer_id < second.question_id < second.answer_id
    assert first.id < second.id


async def test_a_conversation_in_which_nothing_was_said_has_an_empty_branch(database: Database) -> None:
    assert await stored_messages(database, (await add_conversation(database)).id) == []


async def test_asking_moves_the_head_and_the_time_of_the_conversation(database: Database) -> None:
    conversation = await add_conversation(database)
    async with database.begin() as tx:
        await tx.conversations.change(
            conversation.id, ConversationChange(title="Renamed"), owner=conversation.owner, at=LATER
        )
        await tx.commit()
    run = await ask(database, conversation, "Why?")
    moved = await stored_conversation(database, conversation.id)
    assert (moved.head_id, moved.updated_at, moved.created_at) == (run.answer_id, NOON, NOON)
    assert moved.title == "Renamed"


@pytest.mark.parametrize("id", [0, -1, 999_999, 2**31, 2**63, 10**30])
@pytest.mark.parametrize("cursor", ["before", "tip"])
async def test_a_message_that_is_not_in_this_conversation_is_not_found(
    database: Database, cursor: str, id: int
) -> None:
    conversation, other = await add_conversation(database), await add_conversation(database)
    await exchange(database, conversation, "a", "b")
    foreign = await exchange(database, other, "c", "d")
    conversation = await stored_conversation(database, conversation.id)
    for wrong in (id, foreign.question_id, foreign.answer_id):
        async with database.read() as tx:
            with pytest.raises(MessageNotFound):
                await tx.messages.branch(conversation, **{cursor: MessageId(wrong)}, limit=5)


async def test_a_tree_of_another_conversation_is_restored_under_ids_of_its_own(database: Database) -> None:
    there, here = await add_conversation(database), await add_conversation(database, "here")
    await exchange(database, there, "Why?", "One.")
    await exchange(database, there, "Why?", "Two.")
    old = await stored_messages(database, there.id)
    tree = [*old, replace(old[1], id=MessageId(9_000), parts=PARTS["a call"], status=MessageStatus.CANCELLED)]
    async with database.begin() as tx:
        await tx.messages.restore(here, tree, head=MessageId(9_000))
        await tx.messages.restore(await tx.conversations.add(new_conversation("empty")), [], head=None)
        await tx.commit()
    shown = await stored_messages(database, here.id)
    assert [(each.role, each.parts, each.status, each.created_at, each.run_id) for each in shown] == [
        (each.role, each.parts, each.status, each.created_at, None) for each in (old[0], tree[-1])
    ]
    async with database.read() as tx:
        links = sorted(await tx.messages.links(await tx.conversations.get(here.id, owner=ALICE)))
    at = {id: place for place, (id, _) in enumerate(links)}
    places = {each.id: place for place, each in enumerate(tree)}
    assert [at.get(parent) for _, parent in links] == [places.get(each.parent_id) for each in tree]  # type: ignore[arg-type]
    assert await stored_messages(database, there.id) == old
