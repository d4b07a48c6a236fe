"""The store is away for a while: who reads waits, who takes runs takes none, and nothing has to be started again."""

import asyncio

import pytest

from application.runs import worker_loop
from domain.errors import ServerStopping
from domain.run import RunStatus
from tests.support.core import Core, running, text_of, turns, until
from tests.support.scripted_model import whole, words


async def test_a_reader_of_another_process_waits_for_the_store(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    run = await core.ask()
    await core.until_said(run, "Be")
    async with running(core.replica()) as replica:
        replica.log.failures = ["read"] * 3
        reading = asyncio.create_task(replica.follow(run.id))
        await until(lambda: not replica.log.failures)
        gate.set()
        assert text_of(await reading) == "Because."


async def test_a_reader_of_another_process_is_told_to_come_back_when_this_one_stops(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Be")
    async with running(core.replica()) as replica:
        reading = asyncio.create_task(replica.follow(run.id))
        await turns(20)
        await replica.loop.stop(drain_seconds=0)
        with pytest.raises(ServerStopping):
            await reading
    assert (await core.stored_run(run.id)).status is RunStatus.RUNNING


async def test_what_has_ended_can_be_read_from_a_process_that_stops(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    await core.follow(run.id)
    async with running(core.replica()) as replica:
        await replica.loop.stop(drain_seconds=0)
        assert text_of(await replica.follow(run.id)) == "Because."


async def test_readers_of_an_answer_that_cannot_be_written_are_told_to_come_back_when_the_server_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_loop, "LAST_SECONDS", 0.01)
    core = Core()
    await core.loop.start()
    async with core.log.stuck():
        core.model.script = whole("Because.")
        run = await core.ask()
        reading = asyncio.create_task(core.follow(run.id))
        await core.log.until_a_write_waits()
        await core.loop.stop(drain_seconds=0)
        with pytest.raises(ServerStopping):
            await reading


async def test_a_worker_that_the_store_has_not_heard_of_takes_nothing_until_it_has(core: Core) -> None:
    replica = core.replica()
    replica.model.script = whole("Because.")
    core.workers.cut_off = replica.workers.cut_off = True
    async with running(replica):
        run = await replica.ask()
        assert (await core.stored_run(run.id)).status is RunStatus.QUEUED
        replica.workers.cut_off = False
        await replica.loop.look()
        assert text_of(await replica.follow(run.id)) == "Because."


async def test_a_caller_who_left_leaves_no_refusal_that_nobody_hears(core: Core) -> None:
    """A task whose error nobody looks at is reported when it is collected, and warnings are errors here."""
    core.model.script = [asyncio.Event()]
    run = await core.ask()
    asking = asyncio.create_task(core.ask("And?", run.conversation_id))
    await turns(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await turns(20)
