"""A question that meets a run in progress is refused, or waits its turn if the caller asks for that."""

import asyncio

import pytest

from domain.conversation import ConversationId
from domain.errors import ReplyInProgress
from domain.run import IfBusy, Run, RunStatus
from tests.support.core import ANN, LEASE_SECONDS, Core, busy, running, text_of, turns
from tests.support.scripted_model import ScriptedModel, whole


async def statuses(core: Core, runs: list[Run]) -> list[RunStatus]:
    return [(await core.stored_run(run.id)).status for run in runs]


async def ask_all(core: Core, conversation_id: ConversationId, if_busy: IfBusy, count: int) -> list[Run]:
    return await asyncio.gather(*(core.ask(f"question {n}", conversation_id, if_busy=if_busy) for n in range(count)))


# --- refused --------------------------------------------------------------------------------------------------------


async def test_it_is_refused_unless_the_caller_says_otherwise(core: Core) -> None:
    run = await busy(core, "Be")
    with pytest.raises(ReplyInProgress) as refusal:
        await core.ask("And?", run.conversation_id)
    assert refusal.value.run_id == run.id
    assert await core.texts(run.conversation_id) == ["Why?", ""]


async def test_it_is_refused_also_where_there_is_no_room_to_answer_it(full: Core) -> None:
    run = await busy(full, "Be")
    with pytest.raises(ReplyInProgress) as refusal:
        await full.ask("And?", run.conversation_id)
    assert refusal.value.run_id == run.id
    assert await full.texts(run.conversation_id) == ["Why?", ""]


async def test_what_waits_is_in_progress_too(full: Core) -> None:
    await busy(full, "Be")
    waiting = await full.ask("another conversation")
    with pytest.raises(ReplyInProgress) as refusal:
        await full.ask("And?", waiting.conversation_id)
    assert refusal.value.run_id == waiting.id


# --- waits ----------------------------------------------------------------------------------------------------------


async def test_queued_questions_are_answered_in_order_each_knowing_what_was_said_before(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [gate, *whole("answer")]
    first = await core.ask("first")
    others = [await core.ask(text, first.conversation_id, if_busy=IfBusy.QUEUE) for text in ("second", "third")]
    assert await statuses(core, [first, *others]) == [RunStatus.RUNNING, RunStatus.QUEUED, RunStatus.QUEUED]
    gate.set()
    for shown in await asyncio.gather(*(core.follow(run.id) for run in (first, *others))):
        assert text_of(shown) == "answer"
    assert await core.texts(first.conversation_id) == ["first", "answer", "second", "answer", "third", "answer"]
    assert [message.text for message in core.model.requests[2].messages] == [
        "Be brief.",
        "first",
        "answer",
        "second",
        "answer",
        "third",
    ]
    assert core.model.most_open_streams == 1


async def test_where_nothing_is_in_progress_it_is_answered_at_once(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask(if_busy=IfBusy.QUEUE)
    assert run.status is RunStatus.RUNNING
    assert text_of(await core.follow(run.id)) == "Because."


async def test_many_that_come_at_once_are_all_answered_one_by_one(core: Core) -> None:
    core.model.script = whole("answer")
    first = await core.ask("first")
    runs = await ask_all(core, first.conversation_id, IfBusy.QUEUE, 8)
    await asyncio.gather(*(core.follow(run.id) for run in runs))
    assert await statuses(core, runs) == [RunStatus.COMPLETED] * 8
    assert core.model.most_open_streams == 1
    assert len(await core.texts(first.conversation_id)) == 18


async def test_a_queued_question_is_answered_by_whoever_has_room(full: Core) -> None:
    run = await busy(full, "Be")
    elsewhere = await full.ask("another conversation", if_busy=IfBusy.QUEUE)
    async with running(full.replica(model=ScriptedModel(whole("Because.")))) as replica:
        assert text_of(await full.follow(elsewhere.id)) == "Because."
        assert len(replica.model.requests) == 1
    stored = await full.stored_run(elsewhere.id)
    assert (stored.attempts, stored.fence) == (1, 2)
    assert await statuses(full, [run]) == [RunStatus.RUNNING]


async def test_the_wait_goes_on_when_the_process_dies_that_took_the_question(core: Core) -> None:
    first = await busy(core, "Be")
    second = await core.ask("second", first.conversation_id, if_busy=IfBusy.QUEUE)
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    async with running(core.replica(model=ScriptedModel(whole("answer")))) as replica:
        assert text_of(await replica.follow(second.id)) == "answer"
        assert text_of(await replica.follow(first.id)) == "Beanswer"
    assert await core.texts(first.conversation_id) == ["Why?", "answer", "second", "answer"]


async def test_the_next_is_taken_at_once_by_the_replica_that_hears_of_the_ending(core: Core) -> None:
    first = await busy(core, "Be")
    async with running(core.replica(model=ScriptedModel(whole("answer")))) as replica:
        second = await replica.ask("second", first.conversation_id, if_busy=IfBusy.QUEUE)
        await turns(20)
        core.model.script = whole("answer")
        async with asyncio.timeout(30):
            await core.cancel_run(ANN, first.id)
            assert text_of(await replica.follow(second.id)) == "answer"
