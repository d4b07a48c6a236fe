"""A reader follows a run from any cursor, live or from the log, and may leave and come back."""

import asyncio
from contextlib import aclosing

import pytest

from domain.access import Principal
from domain.errors import CursorAhead, RunNotFound
from domain.run import IfBusy, ReasoningDelta, RunFinished, RunId, RunStatus, TextDelta
from tests.support.builders import BOB
from tests.support.core import ANN, Core, running, text_of, turns, until
from tests.support.scripted_model import whole, words


async def test_from_every_cursor_a_live_reader_sees_the_rest_of_the_log(core: Core) -> None:
    gates = [asyncio.Event() for _ in range(4)]
    core.model.script = [step for gate in gates for step in (gate, *words("word "))] + whole("end")
    run = await core.ask()
    readers = [asyncio.create_task(core.follow(run.id))]
    for number, gate in enumerate(gates, start=1):
        gate.set()
        await until(lambda: core.live(run).last >= number)  # noqa: B023  # awaited before the loop goes on
        readers.append(asyncio.create_task(core.follow(run.id, after=number)))
    await core.follow(run.id)
    log = await core.stored_log(run.id)
    assert text_of(log) == "word word word word end"
    for after, reader in enumerate(readers):
        assert await reader == log[after:]


async def test_from_every_cursor_a_late_reader_sees_the_rest_of_the_log(core: Core) -> None:
    core.model.script = whole("Be", "cause", ".")
    run = await core.ask()
    await core.follow(run.id)
    await core.until_gone(run)
    log = await core.stored_log(run.id)
    for after in range(len(log) + 1):
        assert await core.follow(run.id, after) == log[after:]


async def test_every_reader_sees_the_same(core: Core) -> None:
    core.model.script = whole(*"abcdefgh")
    run = await core.ask()
    first, *others = await asyncio.gather(*(core.follow(run.id) for _ in range(20)))
    assert text_of(first) == "abcdefgh"
    assert all(other == first for other in others)


async def test_a_reader_that_leaves_stops_nothing_and_finds_the_rest_when_it_comes_back(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    run = await core.ask()
    _, batches = await core.follow_run(ANN, run.id)
    async with aclosing(batches):
        seen = await anext(batches)
    waiting = asyncio.create_task(core.follow(run.id, after=seen[-1].number))
    await asyncio.sleep(0)
    waiting.cancel()
    gate.set()
    seen += await core.follow(run.id, after=seen[-1].number)
    assert text_of(seen) == "Because."
    assert seen == await core.stored_log(run.id)
    assert (await core.stored_answer(run)).text == "Because."


async def test_with_no_reader_at_all_the_answer_is_stored(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    await core.until_gone(run)
    assert (await core.stored_answer(run)).text == "Because."


@pytest.mark.parametrize("process", ["the one that runs it", "another"])
async def test_before_the_first_event_it_refuses(core: Core, process: str) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("a"), gate, *whole("b")]
    run = await core.ask()
    await until(lambda: core.said(run))
    asked = core if process == "the one that runs it" else core.replica()
    with pytest.raises(CursorAhead):
        await asked.follow_run(ANN, run.id, after=2)
    with pytest.raises(RunNotFound):
        await asked.follow_run(Principal(BOB), run.id)
    with pytest.raises(RunNotFound):
        await asked.follow_run(ANN, RunId(999))
    gate.set()
    await core.follow(run.id)


async def test_another_process_follows_from_the_log_to_the_end(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    async with running(core.replica()) as replica:
        run = await core.ask()
        reader = asyncio.create_task(replica.follow(run.id))
        here = asyncio.create_task(core.follow(run.id))
        await until(lambda: core.said(run))
        gate.set()
        assert await reader == await here == await core.stored_log(run.id)


async def test_when_the_run_is_deleted_its_readers_are_told(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    replica = core.replica()
    run = await core.ask()
    await until(lambda: core.said(run))

    readers = [asyncio.create_task(process.follow(run.id)) for process in (core, replica)]
    await turns(10)
    await core.delete_conversation(ANN, run.conversation_id)
    here, there = await asyncio.gather(*readers, return_exceptions=True)
    assert isinstance(here, RunNotFound)
    assert isinstance(there, RunNotFound)


async def test_every_batch_has_something_and_the_last_event_is_the_ending(core: Core) -> None:
    core.model.script = [[TextDelta("a"), ReasoningDelta("b")], *whole("c")]
    run = await core.ask()
    _, batches = await core.follow_run(ANN, run.id)
    seen = [batch async for batch in batches]
    assert all(seen)
    events = [numbered.event for batch in seen for numbered in batch]
    assert [event for event in events if isinstance(event, RunFinished)] == [events[-1]]


async def test_a_reader_that_comes_to_the_end_of_a_run_that_has_just_ended_is_done(core: Core) -> None:
    core.model.script = whole("Because.")
    run = await core.ask()
    live = core.live(run)
    await until(lambda: live.ended)
    assert core.worker.live(run.id) is live
    assert [batch async for batch in core.reader.follow(run, live.last)] == []


async def test_a_queued_run_is_followed_from_before_its_beginning(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [gate, *whole("Because.")]
    first = await core.ask()
    queued = await core.ask("And?", first.conversation_id, if_busy=IfBusy.QUEUE)
    readers = [asyncio.create_task(core.follow(run.id)) for run in (first, queued)]
    await turns(10)
    gate.set()
    for run, reader in zip((first, queued), readers, strict=True):
        assert await reader == await core.stored_log(run.id)


async def test_a_process_that_executes_nothing_still_follows_everything(core: Core) -> None:
    reading = core.replica("reader", most_runs=0)
    core.model.script = whole("Be", "cause", ".")
    run = await reading.ask()
    assert run.status is RunStatus.QUEUED
    assert text_of(await reading.follow(run.id)) == "Because."


async def test_when_a_queued_run_is_deleted_its_readers_are_told(core: Core) -> None:
    core.model.script = [asyncio.Event()]
    first = await core.ask()
    queued = await core.ask("And?", first.conversation_id, if_busy=IfBusy.QUEUE)
    reader = asyncio.create_task(core.follow(queued.id))
    await turns(10)
    await core.delete_conversation(ANN, first.conversation_id)
    with pytest.raises(RunNotFound):
        await reader
