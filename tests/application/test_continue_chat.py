"""Chats by the name that their client gave them: begun, gone on with, edited, answered again, from any page of it."""

import asyncio
from typing import Any

import pytest

from application.chat.chat_step import ChatStep, Intent
from application.chat.continue_chat import ContinueChat
from application.conversations.find_conversation import FindConversation
from application.ports.language_model import ModelFinished
from domain.access import Principal
from domain.conversation import Message, Reasoning, Role, ToolCall, ToolResult
from domain.errors import InvalidInput, MessageNotFound, ReplyInProgress
from domain.run import Run, RunId, RunStatus
from domain.title import UNTITLED
from domain.tool import ToolCallDelta
from tests.support.builders import BOB, key, said, stored_conversation, stored_messages
from tests.support.core import ANN, Core, busy
from tests.support.scripted_model import Step, whole

CALLS: list[Step] = [[ToolCallDelta(0, "a", "weather", "{}"), ToolCallDelta(1, "b", "tides", "{}")],
                     [ModelFinished("tool_calls", "scripted")]]  # fmt: skip
HISTORY = (
    said(Role.USER, "one"),
    said(Role.ASSISTANT, Reasoning("hm"), "ONE", ToolCall("a", "weather", "{}")),
    said(Role.TOOL, ToolResult("a", "dry")),
    said(Role.ASSISTANT, "Dry."),
)


def user(text: str) -> Any:
    return said(Role.USER, text)


async def send(core: Core, text: str = "", *, alias: str = "chat", by: Principal = ANN, **more: Any) -> Run:
    core.clock.move(1)
    step = ChatStep(alias=alias, question=user(text) if text else None, **more)
    return await ContinueChat(turns=core.turns, now=core.clock)(by, step)


async def sent(core: Core, text: str = "", *, script: list[Step] | None = None, **more: Any) -> Run:
    """To its end; the answer is the question in capitals unless the script says more."""
    core.model.script = whole(text.upper() or "ANSWER") if script is None else script
    run = await send(core, text, **more)
    await core.follow(run.id)
    return await core.stored_run(run.id)


async def texts(core: Core, run: Run) -> list[str]:
    return await core.texts(run.conversation_id)


def shown(core: Core) -> list[str]:
    return [message.text for message in core.model.requests[-1].messages]


async def branch(core: Core, run: Run) -> list[Message]:
    return await stored_messages(core.database, run.conversation_id)


async def test_the_first_word_begins_the_chat_and_others_go_on_in_it(core: Core) -> None:
    first = await sent(core, "one")
    second = await sent(core, "two")
    other = await sent(core, "three", alias="another chat")
    his = await send(core, "four", by=Principal(BOB))
    assert await texts(core, second) == ["one", "ONE", "two", "TWO"]
    assert first.conversation_id == second.conversation_id
    assert len({run.conversation_id for run in (first, other, his)}) == 3
    conversation = await stored_conversation(core.database, first.conversation_id)
    assert (conversation.alias, conversation.title) == ("chat", "one")


async def test_of_two_first_words_at_once_one_begins_the_chat(core: Core) -> None:
    outcomes = await asyncio.gather(send(core, "one"), send(core, "two"), return_exceptions=True)
    [run] = [outcome for outcome in outcomes if isinstance(outcome, Run)]
    assert [type(outcome) for outcome in outcomes if outcome is not run] == [ReplyInProgress]


async def test_what_a_page_holds_already_is_stored_once_and_shown_to_the_model(core: Core) -> None:
    run = await sent(core, "two", earlier=HISTORY)
    assert [(m.role, m.parts) for m in (await branch(core, run))[:4]] == [(m.role, m.parts) for m in HISTORY]
    assert shown(core) == ["Be brief.", "one", "ONE", "", "Dry.", "two"]
    await sent(core, "three", earlier=(*HISTORY, user("two"), said(Role.ASSISTANT, "something else")))
    assert await texts(core, run) == ["one", "ONE", "", "Dry.", "two", "TWO", "three", "THREE"]
    assert (await stored_conversation(core.database, run.conversation_id)).title == "one"


async def test_it_goes_below_the_answer_that_the_page_has_last(core: Core) -> None:
    first = await sent(core, "one")
    second = await sent(core, "two", below=first.id)
    stale = await sent(core, "other", below=first.id)
    assert second.conversation_id == stale.conversation_id
    assert await texts(core, stale) == ["one", "ONE", "other", "OTHER"]
    elsewhere = await sent(core, "elsewhere", alias="another chat")
    for unknown in (elsewhere.id, RunId(999)):
        head = (await branch(core, stale))[-1]
        run = await sent(core, "more", below=unknown)
        assert (await branch(core, run))[-2].parent_id == head.id


async def test_an_edited_question_is_asked_beside_the_old_one(core: Core) -> None:
    first, second = await sent(core, "one"), await sent(core, "two")
    edited = await sent(core, "2", intent=Intent.EDIT, below=first.id, earlier=HISTORY[:2])
    by_id = await sent(core, "zwei", intent=Intent.EDIT, message_id=second.question_id, earlier=HISTORY[:2])
    assert await texts(core, edited) == ["one", "ONE", "zwei", "ZWEI"]
    assert (await branch(core, by_id))[2].parent_id == first.answer_id
    root = await sent(core, "uno", intent=Intent.EDIT)
    assert await texts(core, root) == ["uno", "UNO"]
    with pytest.raises(InvalidInput, match="messageId"):
        await send(core, "who knows where", intent=Intent.EDIT, earlier=HISTORY)
    elsewhere = await sent(core, "elsewhere", alias="another chat")
    with pytest.raises(MessageNotFound):
        await send(core, "two", intent=Intent.EDIT, message_id=elsewhere.question_id)


async def test_a_question_is_answered_again_however_it_is_named(core: Core) -> None:
    first, second = await sent(core, "one"), await sent(core, "two")
    names: list[dict[str, Any]] = [
        {"message_id": second.answer_id},
        {"message_id": second.question_id},
        {"text": "two"},
    ]
    for named in (*names, {}):
        run = await sent(core, intent=Intent.AGAIN, script=whole("AGAIN"), **named)
        assert run.question_id == second.question_id, named
        assert await texts(core, run) == ["one", "ONE", "two", "AGAIN"]
    again = await sent(core, intent=Intent.AGAIN, message_id=first.answer_id, script=whole("UNO"))
    assert await texts(core, again) == ["one", "UNO"]
    edited = await sent(core, "1", intent=Intent.EDIT, message_id=first.question_id)
    kept_its_name = await sent(core, "1", intent=Intent.AGAIN, message_id=first.question_id, script=whole("ONCE MORE"))
    assert kept_its_name.question_id == edited.question_id


async def test_a_question_that_was_refused_is_asked_when_it_shall_be_answered_again(core: Core) -> None:
    first = await sent(core, "one")
    run = await sent(core, "never stored", intent=Intent.AGAIN, below=first.id)
    assert await texts(core, run) == ["one", "ONE", "never stored", "NEVER STORED"]
    new = await sent(core, "one", intent=Intent.AGAIN, alias="never seen")
    assert await texts(core, new) == ["one", "ONE"]


async def test_results_of_tools_are_the_next_turn_each_once(core: Core) -> None:
    called = await sent(core, "Rain?", script=CALLS)
    assert called.status is RunStatus.COMPLETED
    results = (ToolResult("a", "dry"), ToolResult("b", "low"))
    answered = await sent(core, results=results, below=called.id)
    assert [m.role for m in await branch(core, answered)][2:] == [Role.TOOL, Role.TOOL, Role.ASSISTANT]
    assert len(core.model.requests[-1].messages) == 5
    with pytest.raises(InvalidInput, match="messages"):
        await send(core, results=results, below=answered.id)
    with pytest.raises(InvalidInput, match="messages"):
        await send(core)
    late = await sent(core, "and now?", results=results, below=answered.id)
    assert [m.role for m in await branch(core, late)][4:] == [Role.ASSISTANT, Role.USER, Role.ASSISTANT]


async def test_results_may_come_with_the_next_question_or_with_an_unknown_chat(core: Core) -> None:
    await sent(core, "Rain?", script=CALLS)
    both = await sent(core, "And?", results=(ToolResult("a", "dry"),))
    assert [m.role for m in await branch(core, both)][2:] == [Role.TOOL, Role.USER, Role.ASSISTANT]
    run = await sent(core, results=(ToolResult("a", "dry"),), earlier=HISTORY[:2], alias="brought along")
    assert [m.role for m in await branch(core, run)] == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT]
    only = await sent(core, earlier=(said(Role.ASSISTANT, ToolCall("a", "f", "{}")),), results=(ToolResult("a", "x"),),
                      alias="without words")  # fmt: skip
    assert (await stored_conversation(core.database, only.conversation_id)).title == UNTITLED


async def test_a_repeated_step_is_the_same_run_and_a_busy_chat_refuses_others(core: Core) -> None:
    first = await sent(core, "one", key=key("k"))
    assert (await send(core, "one", key=key("k"))).id == first.id
    assert await texts(core, first) == ["one", "ONE"]
    core.model.script = [asyncio.Event()]
    await send(core, "two")
    for intent in Intent:
        with pytest.raises(ReplyInProgress):
            await send(core, "three", intent=intent)


BAD = {
    "no name": ({"alias": ""}, "id"),
    "a long name": ({"alias": "x" * 201}, "id"),
    "a name with NUL": ({"alias": "a\x00"}, "id"),
    "an empty question": ({"question": said(Role.USER)}, "messages[0]"),
    "NUL in what came earlier": ({"earlier": (user("a\x00"),)}, "messages[0]"),
    "too much": ({"earlier": (user("x"),) * 1_001}, "messages"),
    "nothing": ({"question": None}, "messages"),
}


@pytest.mark.parametrize(("different", "field"), BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_taken_is_refused_and_nothing_is_stored(
    core: Core, different: dict[str, Any], field: str
) -> None:
    step: dict[str, Any] = {"alias": "chat", "question": user("hi"), **different}
    with pytest.raises(InvalidInput) as refusal:
        await ContinueChat(turns=core.turns, now=core.clock)(ANN, ChatStep(**step))
    assert refusal.value.field == field
    assert await FindConversation(read=core.database.read)(ANN, step["alias"]) == (None, None)


async def test_a_chat_is_found_by_its_name_with_the_run_that_answers_in_it(core: Core) -> None:
    find = FindConversation(read=core.database.read)
    first = await sent(core, "one")
    found, run = await find(ANN, "chat")
    assert found
    assert (found.id, run) == (first.conversation_id, None)
    core.model.script = [asyncio.Event()]
    active = await send(core, "two")
    assert (await find(ANN, "chat"))[1] == active
    assert await find(Principal(BOB), "chat") == (None, None)
    await busy(core, "unnamed")
    assert await find(ANN, "") == (None, None)
