"""Asking an earlier question differently, and answering one again: siblings, and nothing is lost."""

import asyncio

import pytest

from application.chat.edit_question import Edit
from application.chat.regenerate_answer import Regeneration
from domain.access import Principal
from domain.conversation import ConversationId, MessageId, MessageStatus
from domain.errors import ConversationNotFound, InvalidInput, MessageNotFound, ReplyInProgress
from domain.run import Run, RunStatus
from tests.support.builders import BOB, stored_conversation
from tests.support.core import ANN, LEASE_SECONDS, Core, running, text_of
from tests.support.scripted_model import ScriptedModel, whole


@pytest.fixture
async def turns(core: Core) -> list[Run]:
    """A conversation of two turns: one, ONE, two, TWO."""
    runs: list[Run] = []
    for question in ("one", "two"):
        core.model.script = whole(question.upper())
        runs.append(await core.ask(question, runs[0].conversation_id if runs else None))
        await core.follow(runs[-1].id)
    return runs


async def branch(core: Core, run: Run, tip: MessageId) -> list[str]:
    async with core.database.read() as tx:
        conversation = await tx.conversations.get(run.conversation_id, owner=run.owner)
        return [message.text for message in await tx.messages.branch(conversation, tip=tip, limit=100)]


def edit(run: Run, text: str = "other") -> Edit:
    return Edit(conversation_id=run.conversation_id, message_id=run.question_id, message=text)


def regeneration(run: Run, message_id: MessageId) -> Regeneration:
    return Regeneration(conversation_id=run.conversation_id, message_id=message_id)


async def test_an_edited_question_begins_a_branch_beside_the_old_one(core: Core, turns: list[Run]) -> None:
    core.model.script = whole("OTHER")
    run = await core.edit_question(ANN, edit(turns[1]))
    assert text_of(await core.follow(run.id)) == "OTHER"
    assert await core.texts(run.conversation_id) == ["one", "ONE", "other", "OTHER"]
    assert await branch(core, run, turns[1].answer_id) == ["one", "ONE", "two", "TWO"]
    assert [m.text for m in core.model.requests[-1].messages] == ["Be brief.", "one", "ONE", "other"]
    assert (await stored_conversation(core.database, run.conversation_id)).head_id == run.answer_id


async def test_the_first_question_can_be_edited_too(core: Core, turns: list[Run]) -> None:
    core.model.script = whole("OTHER")
    run = await core.edit_question(ANN, edit(turns[0]))
    await core.follow(run.id)
    assert await core.texts(run.conversation_id) == ["other", "OTHER"]
    assert await branch(core, run, turns[1].answer_id) == ["one", "ONE", "two", "TWO"]


@pytest.mark.parametrize("named", ["the question", "its answer"])
async def test_another_answer_stands_beside_the_old_one(core: Core, turns: list[Run], named: str) -> None:
    core.model.script = whole("TWICE")
    message_id = turns[1].question_id if named == "the question" else turns[1].answer_id
    run = await core.regenerate_answer(ANN, regeneration(turns[1], message_id))
    assert text_of(await core.follow(run.id)) == "TWICE"
    assert run.question_id == turns[1].question_id
    assert await core.texts(run.conversation_id) == ["one", "ONE", "two", "TWICE"]
    assert await branch(core, run, turns[1].answer_id) == ["one", "ONE", "two", "TWO"]
    assert [m.text for m in core.model.requests[-1].messages] == ["Be brief.", "one", "ONE", "two"]


async def test_an_earlier_answer_may_be_given_again(core: Core, turns: list[Run]) -> None:
    core.model.script = whole("UNO")
    run = await core.regenerate_answer(ANN, regeneration(turns[0], turns[0].answer_id))
    await core.follow(run.id)
    assert await core.texts(run.conversation_id) == ["one", "UNO"]
    assert await branch(core, run, turns[1].answer_id) == ["one", "ONE", "two", "TWO"]


async def test_the_conversation_goes_on_below_the_new_branch(core: Core, turns: list[Run]) -> None:
    core.model.script = whole("OTHER")
    await core.follow((await core.edit_question(ANN, edit(turns[1]))).id)
    core.model.script = whole("THREE")
    run = await core.ask("three", turns[0].conversation_id)
    await core.follow(run.id)
    assert await core.texts(run.conversation_id) == ["one", "ONE", "other", "OTHER", "three", "THREE"]


async def test_an_answer_given_again_survives_its_worker(core: Core, turns: list[Run]) -> None:
    core.model.script = [asyncio.Event()]
    run = await core.regenerate_answer(ANN, regeneration(turns[1], turns[1].question_id))
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    async with running(core.replica(model=ScriptedModel(whole("TWICE")))) as replica:
        assert text_of(await replica.follow(run.id)) == "TWICE"
        assert [m.text for m in replica.model.requests[0].messages] == ["Be brief.", "one", "ONE", "two"]
    assert await core.texts(run.conversation_id) == ["one", "ONE", "two", "TWICE"]


async def test_where_there_is_no_room_it_waits_its_turn(core: Core, turns: list[Run]) -> None:
    full = core.replica("full", most_runs=0)
    core.model.script = whole("AGAIN")
    run = await full.regenerate_answer(ANN, regeneration(turns[1], turns[1].question_id))
    assert run.status is RunStatus.QUEUED
    assert text_of(await core.follow(run.id)) == "AGAIN"
    assert (await core.stored_answer(run)).status is MessageStatus.COMPLETED


async def test_while_a_run_is_in_progress_it_is_refused(core: Core, turns: list[Run]) -> None:
    core.model.script = [asyncio.Event()]
    busy = await core.ask("three", turns[0].conversation_id)
    with pytest.raises(ReplyInProgress):
        await core.edit_question(ANN, edit(turns[1]))
    with pytest.raises(ReplyInProgress):
        await core.regenerate_answer(ANN, regeneration(turns[1], turns[1].question_id))
    assert await core.texts(busy.conversation_id) == ["one", "ONE", "two", "TWO", "three", ""]


async def test_an_answer_cannot_be_edited_and_a_question_must_say_something(core: Core, turns: list[Run]) -> None:
    run = turns[0]
    for wrong in (
        Edit(conversation_id=run.conversation_id, message_id=run.answer_id, message="other"),
        edit(run, " "),
        edit(run, "\x00"),
    ):
        with pytest.raises(InvalidInput):
            await core.edit_question(ANN, wrong)
    assert await core.texts(run.conversation_id) == ["one", "ONE", "two", "TWO"]


async def test_messages_of_another_conversation_or_of_nobody_are_not_found(core: Core, turns: list[Run]) -> None:
    core.model.script = whole("ELSEWHERE")
    elsewhere = await core.ask("elsewhere")
    await core.follow(elsewhere.id)
    for message_id in (elsewhere.question_id, MessageId(999_999)):
        with pytest.raises(MessageNotFound):
            await core.edit_question(
                ANN, Edit(conversation_id=turns[0].conversation_id, message_id=message_id, message="other")
            )
        with pytest.raises(MessageNotFound):
            await core.regenerate_answer(ANN, regeneration(turns[0], message_id))


async def test_the_conversation_of_another_is_not_found(core: Core, turns: list[Run]) -> None:
    with pytest.raises(ConversationNotFound):
        await core.edit_question(Principal(BOB), edit(turns[1]))
    with pytest.raises(ConversationNotFound):
        await core.regenerate_answer(Principal(BOB), regeneration(turns[1], turns[1].question_id))
    with pytest.raises(ConversationNotFound):
        await core.regenerate_answer(
            ANN, Regeneration(conversation_id=ConversationId(999), message_id=turns[1].question_id)
        )
