"""RunRepository.open: turns of several messages of any role, and the settings that a run keeps."""

from dataclasses import replace
from typing import Any

import pytest

from domain.conversation import Conversation, MessageId, MessageStatus, PromptMessage, Role, ToolCall, ToolResult
from domain.errors import ConversationNotFound, MessageNotFound, ReplyInProgress
from domain.run import DEFAULTS, Run, RunSettings, RunStatus, Turn, WorkerId
from domain.tool import JsonSchema, NamedTool, ToolSpec, ToolUse
from tests.support.builders import (
    BOB,
    LATER,
    ONE,
    TWO,
    add_conversation,
    again,
    ask,
    ending,
    exchange,
    opened,
    said,
    stored_conversation,
    stored_messages,
    stored_run,
    turn,
)
from tests.support.databases import Database

INPUT = (
    said(Role.SYSTEM, "Be a bird."),
    said(Role.USER, "Rain?"),
    said(Role.ASSISTANT, "Hm.", ToolCall("a", "weather", "{}")),
    said(Role.TOOL, ToolResult("a", "dry")),
)
SETTINGS = RunSettings(
    instructions="Be brief.",
    temperature=0.5,
    stop=("END", "\n"),
    seed=2**40,
    tools=(ToolSpec("weather", "π", {"type": "object", "properties": {}}, strict=True),),
    tool_choice=NamedTool("weather"),
    json_schema=JsonSchema("answer", {"type": "object"}, strict=False),
    model_extra={"reasoning_effort": "low"},
    metadata={"for": "me"},
    extra={"asked": {"nested": [1, None, 2.5, {"🙂": True}]}},
)


def several(conversation: Conversation, *input: PromptMessage, **more: Any) -> Turn:
    return replace(turn(conversation, **more), input=input)


@pytest.mark.parametrize("count", range(1, len(INPUT) + 1))
@pytest.mark.parametrize("worker", [ONE, None], ids=["running", "queued"])
async def test_the_input_is_a_chain_below_its_parent_and_the_answer_is_its_end(
    database: Database, count: int, worker: WorkerId | None
) -> None:
    conversation = await add_conversation(database)
    first = await exchange(database, conversation, "before", "answer")
    input = INPUT[-count:]
    run = await opened(database, several(conversation, *input, parent_id=first.answer_id, at=LATER, worker=worker))
    messages = await stored_messages(database, conversation.id)
    given, answer = messages[2:-1], messages[-1]
    assert [(message.role, message.parts) for message in given] == [(m.role, m.parts) for m in input]
    assert [message.parent_id for message in messages[1:]] == [message.id for message in messages[:-1]]
    assert [message.id for message in messages] == sorted(message.id for message in messages)
    assert {(m.status, m.run_id, m.created_at) for m in given} == {(MessageStatus.COMPLETED, None, LATER)}
    assert (answer.status, answer.run_id, answer.created_at) == (MessageStatus.IN_PROGRESS, run.id, LATER)
    assert (run.question_id, run.answer_id) == (given[-1].id, answer.id)
    assert await stored_run(database, run.id) == run
    assert (await stored_conversation(database, conversation.id)).head_id == answer.id


async def test_one_message_may_be_of_any_role(database: Database) -> None:
    for message in INPUT:
        conversation = await add_conversation(database)
        await opened(database, several(conversation, message))
        question, _ = await stored_messages(database, conversation.id)
        assert (question.role, question.parts) == (message.role, message.parts)


async def test_a_turn_that_is_refused_leaves_nothing_of_its_input(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await ask(database, conversation, "first")
    async with database.begin() as tx:
        with pytest.raises(ReplyInProgress):
            await tx.runs.open(several(conversation, *INPUT, parent_id=run.answer_id))
        await tx.commit()
    stranger = replace(conversation, owner=BOB)
    async with database.begin() as tx:
        with pytest.raises(ConversationNotFound):
            await tx.runs.open(several(stranger, *INPUT, worker=TWO))
        await tx.commit()
    await database.run_log.write([ending(run, "answer")])
    second = await ask(database, conversation, "second", parent_id=run.answer_id)
    assert [m.text for m in await stored_messages(database, conversation.id)] == ["first", "answer", "second", ""]
    for id in range(run.answer_id + 1, second.question_id):
        assert await is_gone(database, conversation, MessageId(id))


async def is_gone(database: Database, conversation: Conversation, id: MessageId) -> bool:
    async with database.read() as tx:
        try:
            await tx.messages.branch(conversation, tip=id, limit=1)
        except MessageNotFound:
            return True
    return False


async def test_another_answer_needs_a_message_to_answer(database: Database) -> None:
    conversation = await add_conversation(database)
    async with database.begin() as tx:
        with pytest.raises(ValueError, match="needs a message"):
            await tx.runs.open(several(conversation))


async def test_the_last_of_several_messages_can_be_answered_again(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await opened(database, several(conversation, *INPUT))
    await database.run_log.write([ending(run, "one")])
    other = await opened(database, again(conversation, run.question_id))
    assert other.question_id == run.question_id
    assert [m.role for m in await stored_messages(database, conversation.id)] == [
        *(message.role for message in INPUT),
        Role.ASSISTANT,
    ]


@pytest.mark.parametrize(
    "settings", [DEFAULTS, SETTINGS, RunSettings(tool_choice=ToolUse.REQUIRED), RunSettings(instructions="")], ids=str
)
async def test_settings_come_back_as_they_were_whoever_asks(database: Database, settings: RunSettings) -> None:
    conversation = await add_conversation(database)
    run = await opened(database, turn(conversation, settings=settings, worker=None))
    assert run.settings == settings
    assert (await stored_run(database, run.id)).settings == settings
    async with database.read() as tx:
        active = await tx.runs.active(conversation.id, owner=conversation.owner)
    assert active
    assert active.settings == settings
    claim = await database.workers.claim(ONE, executing=[], limit=1, lease_seconds=10)
    assert [claimed.settings for claimed in claim.runs] == [settings]
    await database.run_log.write([ending(claim.runs[0], "answer")])
    ended = await stored_run(database, run.id)
    assert (ended.status, ended.settings) == (RunStatus.COMPLETED, settings)


async def test_what_the_caller_does_to_its_settings_afterwards_changes_nothing(database: Database) -> None:
    conversation = await add_conversation(database)
    extra: dict[str, Any] = {"kept": [1]}
    run = await opened(database, turn(conversation, settings=RunSettings(extra=extra)))
    extra["kept"].append(2)
    extra["added"] = "by the caller"

    async def kept() -> Run:
        return await stored_run(database, run.id)

    assert (await kept()).settings.extra == {"kept": [1]}
    settings = (await kept()).settings.extra
    assert isinstance(settings, dict)
    settings["added"] = "by the reader"
    assert (await kept()).settings.extra == {"kept": [1]}


async def test_a_refused_answer_is_known_as_such(database: Database) -> None:
    run = await ask(database, await add_conversation(database), "question")
    entry = ending(run, "I will not.")
    assert entry.ending
    outcome = replace(entry.ending.outcome, finish_reason="refusal")
    entry = replace(entry, events=(*entry.events[:-1], outcome), ending=replace(entry.ending, outcome=outcome))
    await database.run_log.write([entry])
    assert (await stored_run(database, run.id)).refused
    assert (await stored_run(database, run.id)).status is RunStatus.COMPLETED
