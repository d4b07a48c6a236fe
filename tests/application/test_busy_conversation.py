"""A question that meets a run in progress is refused, waits its turn, or ends that run, as the caller asks."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from domain.conversation import ConversationId
from domain.errors import NotFound, ReplyInProgress
from domain.run import AnswerReset, IfBusy, Run, RunFinished, RunStatus
from tests.support.core import ANN, LEASE_SECONDS, Core, running, text_of, turns, until
from tests.support.scripted_model import ScriptedModel, whole, words


@pytest.fixture
async def full() -> AsyncIterator[Core]:
    """A process that executes one run at a time."""
    async with running(Core(most_runs=1)) as core:
        yield core


async def busy(core: Core, *said: str) -> Run:
    """A conversation whose run has said so much and waits for ever."""
    core.model.script = [*words(*said), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "".join(said))
    return run


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
        async with asyncio.timeout(2):
            await core.cancel_run(ANN, first.id)
            assert text_of(await replica.follow(second.id)) == "answer"


# --- interrupts -----------------------------------------------------------------------------------------------------


async def test_it_ends_the_run_in_progress_keeps_what_it_said_and_is_answered(core: Core) -> None:
    run = await busy(core, "Be", "cau")
    reader = asyncio.create_task(core.follow(run.id))
    core.model.script = whole("Go on.")
    second = await core.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT)
    assert (await reader)[-1].event == RunFinished(RunStatus.CANCELLED)
    assert text_of(await core.follow(second.id)) == "Go on."
    assert await core.texts(run.conversation_id) == ["Why?", "Becau", "And?", "Go on."]


async def test_it_ends_the_run_also_where_that_run_takes_the_last_room(full: Core) -> None:
    run = await busy(full, "Be")
    full.model.script = whole("Go on.")
    second = await full.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT)
    assert await statuses(full, [run]) == [RunStatus.CANCELLED]
    assert text_of(await full.follow(second.id)) == "Go on."


async def test_it_ends_a_run_that_another_process_executes(core: Core) -> None:
    run = await busy(core, "Be")
    async with running(core.replica(model=ScriptedModel(whole("Go on.")))) as replica:
        async with asyncio.timeout(2):
            second = await replica.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT)
        assert await statuses(core, [run]) == [RunStatus.CANCELLED]
        assert text_of(await replica.follow(second.id)) == "Go on."
    assert core.model.open_streams == 0


async def test_it_ends_what_waits_too(core: Core) -> None:
    run = await busy(core, "Be")
    waiting = [await core.ask("second", run.conversation_id, if_busy=IfBusy.QUEUE) for _ in range(2)]
    core.model.script = whole("Go on.")
    last = await core.ask("last", run.conversation_id, if_busy=IfBusy.INTERRUPT)
    assert text_of(await core.follow(last.id)) == "Go on."
    assert RunStatus.COMPLETED in await statuses(core, [last])
    for run in waiting:
        assert not (await core.stored_run(run.id)).status.is_active


async def test_where_nothing_is_in_progress_it_interrupts_nothing(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask(if_busy=IfBusy.INTERRUPT)
    assert text_of(await core.follow(run.id)) == "Because."


async def test_of_many_that_interrupt_at_once_each_is_answered_or_interrupted(core: Core) -> None:
    first = await busy(core, "Be")
    core.model.script = [*words("An"), *whole("swer")]
    runs = await ask_all(core, first.conversation_id, IfBusy.INTERRUPT, 5)
    await asyncio.gather(*(core.follow(run.id) for run in runs))
    ended = await statuses(core, [first, *runs])
    assert set(ended) <= {RunStatus.CANCELLED, RunStatus.COMPLETED}
    assert ended[0] is RunStatus.CANCELLED
    assert RunStatus.COMPLETED in ended
    assert core.model.most_open_streams == 1


async def test_it_waits_for_a_dead_worker_to_be_missed(core: Core) -> None:
    run = await busy(core, "Be")
    core.workers.cut_off = True
    async with running(core.replica(model=ScriptedModel(whole("Go on.")))) as replica:
        asking = asyncio.create_task(replica.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT))
        await turns(50)
        assert not asking.done()
        core.clock.move(LEASE_SECONDS)
        await replica.loop.look()
        async with asyncio.timeout(2):
            second = await asking
        assert text_of(await replica.follow(second.id)) == "Go on."
    assert [n.event for n in await core.stored_log(run.id) if isinstance(n.event, AnswerReset)] == []
    assert (await core.stored_answer(run)).text == "Be"


async def test_a_conversation_that_is_deleted_meanwhile_is_not_found(core: Core) -> None:
    run = await busy(core, "Be")
    outcomes = await asyncio.gather(
        core.delete_conversation(ANN, run.conversation_id),
        core.ask("And?", run.conversation_id, if_busy=IfBusy.INTERRUPT),
        return_exceptions=True,
    )
    assert outcomes[0] is None
    assert isinstance(outcomes[1], NotFound)
    await until(lambda: core.model.open_streams == 0)
