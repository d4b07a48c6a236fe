"""When a run's events are no longer kept, a reader at any cursor still ends with the whole answer."""

import asyncio

import pytest

from domain.conversation import Reasoning, Text
from domain.errors import CursorAhead
from domain.run import (
    AnswerReset,
    NumberedEvent,
    ReasoningDelta,
    Run,
    RunFinished,
    RunStatus,
    TextDelta,
    answer_of,
)
from tests.support.core import ANN, Core, turns
from tests.support.scripted_model import FINISHED, Step, whole, words

KEPT = 600.0


async def ended(core: Core, *script: Step) -> tuple[Run, list[NumberedEvent]]:
    """A run that has ended and is no longer held by its process, and its log."""
    core.model.script = script
    core.log.pauses = [0] * 20
    run = await core.ask()
    log = await core.follow(run.id)
    await core.until_gone(run)
    return run, log


async def forget(core: Core) -> int:
    core.clock.move(KEPT)
    return await core.log.forget(older_than_seconds=KEPT, limit=100)


async def test_from_every_cursor_what_was_seen_and_what_is_left_add_up_to_the_answer(core: Core) -> None:
    reasoning: Step = [ReasoningDelta("hm")]
    run, log = await ended(core, reasoning, *words("Be", "cau"), *whole("se."))
    answer = await core.stored_answer(run)
    assert answer.parts == (Reasoning("hm"), Text("Because."))
    assert await forget(core) == 1
    for after in range(len(log) + 1):
        rest = await core.follow(run.id, after)
        seen = [numbered.event for numbered in (*log[:after], *rest)]
        assert answer_of(seen) == answer.parts
        assert [numbered.number for numbered in rest] == list(range(len(log) + 1 - len(rest), len(log) + 1))
        assert seen[-1] == log[-1].event
    with pytest.raises(CursorAhead):
        await core.follow(run.id, len(log) + 1)


async def test_the_answer_of_a_run_that_said_nothing_is_its_ending(core: Core) -> None:
    run, log = await ended(core)
    await forget(core)
    assert await core.follow(run.id) == log
    assert await core.follow(run.id, 1) == []


async def test_how_it_ended_is_kept(core: Core) -> None:
    run, log = await ended(core, *words("Be"))
    await forget(core)
    last = (await core.follow(run.id))[-1]
    assert last == log[-1]
    assert isinstance(last.event, RunFinished)
    assert last.event.status is RunStatus.INCOMPLETE
    assert last.event.problem


async def test_a_reader_in_the_middle_of_the_log_goes_on_with_the_whole_answer(core: Core) -> None:
    run, log = await ended(core, [TextDelta("a"), ReasoningDelta("b"), TextDelta("c")], *whole("d"))
    replica = core.replica()
    _, batches = await replica.follow_run(ANN, run.id, after=1)
    await forget(core)
    seen = [numbered async for batch in batches for numbered in batch]
    assert seen == [
        NumberedEvent(len(log) - 1, AnswerReset((Text("a"), Reasoning("b"), Text("cd")))),
        NumberedEvent(len(log), RunFinished(RunStatus.COMPLETED, "stop", usage=FINISHED.usage)),
    ]


async def test_what_is_in_progress_is_kept_however_old(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("cause.")]
    run = await core.ask()
    await core.until_said(run, "Be")
    assert await forget(core) == 0
    gate.set()
    await core.follow(run.id)
    assert await forget(core) == 1


async def test_the_process_forgets_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("application.runs.worker_loop.FORGET_EVERY_SECONDS", 0.001)
    core = Core(retention_seconds=KEPT)
    await core.loop.start()
    run, log = await ended(core, *whole("Because."))
    await asyncio.sleep(0.01)
    assert await core.stored_log(run.id) == log
    core.clock.move(KEPT)
    async with asyncio.timeout(30):
        while await core.stored_log(run.id):
            await turns(1)
    await core.loop.stop(drain_seconds=0)
