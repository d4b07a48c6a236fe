"""Stopping a run closes the provider, keeps what was said, and says cancelled once."""

import asyncio
from dataclasses import replace

import pytest

from adapters.memory.signals import LocalSignals
from domain.access import Principal
from domain.conversation import MessageStatus, Text
from domain.errors import ConversationNotFound, RunNotFound
from domain.run import IfBusy, RunFinished, RunId, RunStatus
from tests.support.builders import BOB, stored_conversation
from tests.support.core import ANN, LEASE_SECONDS, Core, running, text_of, turns, until
from tests.support.scripted_model import whole, words


async def test_what_was_said_is_kept(core: Core) -> None:
    core.model.script = [*words("Be", "cau"), asyncio.Event()]
    run = await core.ask()
    reader = asyncio.create_task(core.follow(run.id))
    await core.until_said(run, "Becau")
    run = await core.cancel_run(ANN, run.id)
    assert run.status is RunStatus.CANCELLED
    assert core.model.open_streams == 0
    answer = await core.stored_answer(run)
    assert (answer.parts, answer.status) == ((Text("Becau"),), MessageStatus.CANCELLED)
    shown = await reader
    assert shown == await core.stored_log(run.id)
    assert shown[-1].event == RunFinished(RunStatus.CANCELLED)


async def test_the_next_question_is_taken_at_once(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await until(lambda: core.said(run))
    await core.cancel_run(ANN, run.id)
    core.model.script = whole("Go on.")
    following = await core.ask("And?", run.conversation_id)
    await core.follow(following.id)
    assert [message.text for message in core.model.requests[1].messages] == ["Be brief.", "Why?", "Be", "And?"]


@pytest.mark.parametrize("moment", range(6))
async def test_it_may_come_before_the_model_was_asked(core: Core, moment: int) -> None:
    core.model.script = [asyncio.Event()]
    run = await core.ask()
    await turns(moment)
    run = await core.cancel_run(ANN, run.id)
    assert run.status is RunStatus.CANCELLED
    assert (await core.stored_answer(run)).status is MessageStatus.CANCELLED
    assert core.model.open_streams == 0


async def test_many_at_once_and_again_are_one(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await until(lambda: core.said(run))
    runs = await asyncio.gather(*(core.cancel_run(ANN, run.id) for _ in range(5)))
    again = await core.cancel_run(ANN, run.id)
    assert all(run == again for run in runs)
    endings = [n for n in await core.stored_log(run.id) if isinstance(n.event, RunFinished)]
    assert len(endings) == 1


async def test_while_the_store_is_stuck_it_waits_and_loses_nothing(core: Core) -> None:
    core.model.script = [*words("Be", "cau"), asyncio.Event()]
    async with core.log.stuck():
        run = await core.ask()
        await core.log.until_a_write_waits()
        cancelling = [asyncio.create_task(core.cancel_run(ANN, run.id)) for _ in range(2)]
        await turns(50)
        assert not any(task.done() for task in cancelling)
    for run in await asyncio.gather(*cancelling):
        assert run.status is RunStatus.CANCELLED
    assert (await core.stored_answer(run)).text == text_of(await core.stored_log(run.id))
    assert (await core.stored_answer(run)).text.startswith("Be")


async def test_a_run_that_has_ended_stays_as_it_was(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    await core.follow(run.id)
    run = await core.cancel_run(ANN, run.id)
    assert run.status is RunStatus.COMPLETED
    assert (await core.stored_answer(run)).text == "Because."


async def test_the_run_of_another_goes_on(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    run = await core.ask()
    for principal, id in ((Principal(BOB), run.id), (ANN, RunId(999))):
        with pytest.raises(RunNotFound):
            await core.cancel_run(principal, id)
    gate.set()
    assert text_of(await core.follow(run.id)) == "Because."


async def test_deleting_the_conversation_stops_its_run(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await until(lambda: core.said(run))
    with pytest.raises(ConversationNotFound):
        await core.delete_conversation(Principal(BOB), run.conversation_id)
    assert core.model.open_streams == 1
    await core.delete_conversation(ANN, run.conversation_id)
    await until(lambda: core.model.open_streams == 0 and core.worker.live(run.id) is None)
    with pytest.raises(ConversationNotFound):
        await stored_conversation(core.database, run.conversation_id)


async def test_cancelling_a_run_whose_conversation_is_being_deleted_finds_nothing(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await until(lambda: core.said(run))
    _, outcome = await asyncio.gather(
        core.delete_conversation(ANN, run.conversation_id),
        core.cancel_run(ANN, run.id),
        return_exceptions=True,
    )
    assert isinstance(outcome, RunNotFound)


async def test_a_run_that_another_process_executes_is_stopped_there(core: Core) -> None:
    core.model.script = [*words("Be", "cau"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Becau")
    async with running(core.replica()) as replica, asyncio.timeout(30):
        assert (await replica.cancel_run(ANN, run.id)).status is RunStatus.CANCELLED
    assert core.model.open_streams == 0
    assert (await core.stored_answer(run)).text == "Becau"


async def test_without_a_signal_it_is_stopped_at_the_next_beat_of_its_worker(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Be")
    async with running(core.replica(signals=LocalSignals())) as replica, asyncio.timeout(30):
        cancelling = asyncio.create_task(replica.cancel_run(ANN, run.id))
        await turns(50)
        assert not cancelling.done()
        await core.loop.look()
        assert (await cancelling).status is RunStatus.CANCELLED


async def test_a_worker_that_does_not_hear_of_it_does_not_hold_the_caller_up(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Be")
    core.workers.cut_off = True
    replica = core.replica()
    replica.stopper = replace(replica.stopper, patience_seconds=0.02)
    replica.cancel_run = replace(replica.cancel_run, stopper=replica.stopper)
    async with running(replica):
        left = await replica.cancel_run(ANN, run.id)
        assert (left.status, left.cancel_requested) == (RunStatus.RUNNING, True)
        core.clock.move(LEASE_SECONDS)
        await replica.loop.look()
        assert isinstance((await replica.follow(run.id))[-1].event, RunFinished)
    assert (await core.stored_run(run.id)).status is RunStatus.CANCELLED


async def test_a_queued_run_ends_without_ever_asking_the_model(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    first = await core.ask()
    second = await core.ask("second", first.conversation_id, if_busy=IfBusy.QUEUE)
    third = await core.ask("third", first.conversation_id, if_busy=IfBusy.QUEUE)
    reader = asyncio.create_task(core.follow(second.id))
    assert (await core.cancel_run(ANN, second.id)).status is RunStatus.CANCELLED
    assert [numbered.event for numbered in await reader] == [RunFinished(RunStatus.CANCELLED)]
    assert (await core.stored_answer(second)).status is MessageStatus.CANCELLED
    core.model.script = whole("Because.")
    await core.cancel_run(ANN, first.id)
    assert text_of(await core.follow(third.id)) == "Because."
    assert [m.text for m in core.model.requests[-1].messages] == ["Be brief.", "Why?", "Be", "second", "third"]


@pytest.mark.parametrize("moment", range(10))
async def test_a_queued_run_that_is_just_being_taken_is_stopped_all_the_same(core: Core, moment: int) -> None:
    run = await core.replica("full", most_runs=0).ask()
    core.model.script = [asyncio.Event()]
    await turns(moment)
    async with asyncio.timeout(30):
        assert (await core.cancel_run(ANN, run.id)).status is RunStatus.CANCELLED
    await until(lambda: core.model.open_streams == 0)
    endings = [n for n in await core.stored_log(run.id) if isinstance(n.event, RunFinished)]
    assert len(endings) == 1
