"""A process that stops lets runs end, and ends the rest itself."""

import asyncio

import pytest

from domain.errors import TooBusy
from domain.run import RunFinished, RunStatus
from tests.support.core import Core, text_of, until
from tests.support.scripted_model import whole, words


async def test_runs_that_end_in_time_end_as_they_would(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    live = await core.ask()
    await until(lambda: live.last)
    stopping = asyncio.create_task(core.worker.stop(drain_seconds=10))
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await core.ask("Another?")
    gate.set()
    await stopping
    assert (await core.stored_run(live.run.id)).status is RunStatus.COMPLETED
    assert text_of(await core.stored_log(live.run.id)) == "Because."


async def test_the_rest_ends_as_incomplete_with_what_was_said(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    lives = [await core.ask() for _ in range(5)]
    readers = [asyncio.create_task(core.follow(live.run.id)) for live in lives]
    await until(lambda: all(live.last for live in lives))
    await core.worker.stop(drain_seconds=0)
    assert core.model.open_streams == 0
    for live, reader in zip(lives, readers, strict=True):
        last = (await reader)[-1].event
        assert isinstance(last, RunFinished)
        assert (last.status, last.problem and last.problem.code) == (RunStatus.INCOMPLETE, "server_stopped")
        assert (await core.stored_answer(live.run)).text == "Be"


async def test_a_run_that_somebody_cancelled_stays_cancelled(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    live = await core.ask()
    await until(lambda: live.last)
    core.worker.cancel(live.run.id)
    await core.worker.stop(drain_seconds=0)
    assert (await core.stored_run(live.run.id)).status is RunStatus.CANCELLED


async def test_an_ending_that_waits_for_the_store_is_not_cut_off(core: Core) -> None:
    core.model.script = whole("Because.")
    async with core.log.stuck():
        live = await core.ask()
        await core.log.until_a_write_waits()
        await until(lambda: core.model.open_streams == 0)
        stopping = asyncio.create_task(core.worker.stop(drain_seconds=0.01))
        await asyncio.sleep(0.05)
    await stopping
    assert (await core.stored_run(live.run.id)).status is RunStatus.COMPLETED
    assert (await core.stored_answer(live.run)).text == "Because."


@pytest.mark.parametrize("turns", range(8))
async def test_a_question_that_is_being_stored_meanwhile_gets_an_ending(core: Core, turns: int) -> None:
    core.model.script = [asyncio.Event()]
    asking = asyncio.create_task(core.ask())
    for _ in range(turns):
        await asyncio.sleep(0)
    await core.worker.stop(drain_seconds=0)
    try:
        live = await asking
    except TooBusy:
        return
    assert (await core.stored_run(live.run.id)).status is RunStatus.INCOMPLETE


async def test_an_idle_process_stops_at_once(core: Core) -> None:
    async with asyncio.timeout(1):
        await core.worker.stop(drain_seconds=30)
