"""A process that stops lets its runs end, and hands the rest over to others at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from application.ports.storage import Transaction
from domain.errors import ServerStopping, TooBusy
from domain.run import AnswerReset, RunStatus, TextDelta
from tests.support.core import ANN, Core, running, text_of, turns, until
from tests.support.scripted_model import ScriptedModel, whole, words


async def test_runs_that_end_in_time_end_as_they_would(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    run = await core.ask()
    await core.until_said(run, "Be")
    stopping = asyncio.create_task(core.loop.stop(drain_seconds=10))
    await asyncio.sleep(0)
    with pytest.raises(ServerStopping):
        await core.ask("Another?")
    gate.set()
    await stopping
    assert (await core.stored_run(run.id)).status is RunStatus.COMPLETED
    assert text_of(await core.stored_log(run.id)) == "Because."


async def test_the_rest_is_handed_over_and_its_readers_are_told_to_come_back(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    runs = [await core.ask() for _ in range(5)]
    seen: list[str] = []

    async def read(run_id: int) -> None:
        async for batch in core.reader.follow(next(run for run in runs if run.id == run_id)):
            seen.append(text_of(batch))

    readers = [asyncio.create_task(read(run.id)) for run in runs]
    await until(lambda: len(seen) == 5)
    await core.loop.stop(drain_seconds=0)
    assert core.model.open_streams == 0
    for outcome in await asyncio.gather(*readers, return_exceptions=True):
        assert isinstance(outcome, ServerStopping)
    for run in runs:
        stored = await core.stored_run(run.id)
        assert (stored.status, stored.attempts, stored.last_event) == (RunStatus.RUNNING, 0, 1)
        assert text_of(await core.stored_log(run.id)) == "Be"


async def test_another_goes_on_with_it_at_once_and_it_does_not_count_as_an_attempt(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Be")
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        await core.loop.stop(drain_seconds=0)
        shown = await replica.follow(run.id)
    assert [numbered.event for numbered in shown[:3]] == [TextDelta("Be"), AnswerReset(), TextDelta("Because.")]
    stored = await core.stored_run(run.id)
    assert (stored.status, stored.attempts, stored.fence) == (RunStatus.COMPLETED, 1, 2)
    assert (await core.stored_answer(run)).text == "Because."


async def test_a_run_that_somebody_cancelled_stays_cancelled(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Be")
    core.worker.cancel(run.id)
    await core.loop.stop(drain_seconds=0)
    assert (await core.stored_run(run.id)).status is RunStatus.CANCELLED
    assert (await core.stored_answer(run)).text == "Be"


async def test_an_ending_that_waits_for_the_store_is_not_cut_off(core: Core) -> None:
    core.model.script = whole("Because.")
    async with core.log.stuck():
        run = await core.ask()
        await core.log.until_a_write_waits()
        await until(lambda: core.model.open_streams == 0)
        stopping = asyncio.create_task(core.loop.stop(drain_seconds=0.01))
        await asyncio.sleep(0.05)
    await stopping
    assert (await core.stored_run(run.id)).status is RunStatus.COMPLETED
    assert (await core.stored_answer(run)).text == "Because."


@pytest.mark.parametrize("moment", range(8))
async def test_a_question_that_is_being_stored_meanwhile_is_answered_by_another(core: Core, moment: int) -> None:
    @asynccontextmanager
    async def begin_slowly() -> AsyncIterator[Transaction]:
        await asyncio.sleep(0.01)
        async with core.database.begin() as tx:
            yield tx

    core.model.script = [asyncio.Event()]
    core.ask_question = replace(core.ask_question, turns=replace(core.turns, begin=begin_slowly))
    asking = asyncio.create_task(core.ask())
    await turns(moment)
    async with asyncio.timeout(30):
        await core.loop.stop(drain_seconds=0)
    try:
        run = await asking
    except TooBusy:
        return
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        assert text_of(await replica.follow(run.id)) == "Because."


@pytest.mark.parametrize("moment", range(8))
async def test_a_run_that_is_being_claimed_meanwhile_is_answered_by_another(core: Core, moment: int) -> None:
    core.model.script = [asyncio.Event()]
    core.workers.way_back = 5
    run = await core.replica("full", most_runs=0).ask()
    await turns(moment)
    async with asyncio.timeout(30):
        await core.loop.stop(drain_seconds=0)
    assert core.model.open_streams == 0
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        assert text_of(await replica.follow(run.id)) == "Because."


async def test_while_it_lets_runs_end_it_goes_on_beating(core: Core) -> None:
    core.model.script = [asyncio.Event()]
    run = await core.ask()
    stopping = asyncio.create_task(core.loop.stop(drain_seconds=10))
    await turns(3)
    core.clock.move(60)
    await core.loop.look()
    replica = core.replica()
    await replica.loop.look()
    assert replica.worker.live(run.id) is None
    await core.cancel_run(ANN, run.id)
    await stopping


async def test_a_store_that_is_away_does_not_hold_it_up(monkeypatch: pytest.MonkeyPatch, core: Core) -> None:
    monkeypatch.setattr("application.runs.worker_loop.LAST_SECONDS", 0.05)
    core.model.script = whole("Because.")
    async with core.log.stuck():
        await core.ask()
        await core.log.until_a_write_waits()
        async with asyncio.timeout(30):
            await core.loop.stop(drain_seconds=0)


async def test_an_idle_process_stops_at_once_and_may_be_told_twice(core: Core) -> None:
    async with asyncio.timeout(30):
        await core.loop.stop(drain_seconds=30)
        await core.loop.stop(drain_seconds=30)
