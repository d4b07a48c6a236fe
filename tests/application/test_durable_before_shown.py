"""Nothing is shown that is not stored, and nothing that was said is lost on the way to the store."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.ports.language_model import ModelEvent
from domain.run import NumberedEvent, ReasoningDelta, RunFinished, RunStatus, TextDelta, answer_of
from tests.support.core import ANN, Core, running, text_of, turns, until
from tests.support.scripted_model import FINISHED, Step, whole, words


async def test_no_reader_sees_anything_before_it_is_stored(core: Core) -> None:
    core.model.script = whole("Be", "cause", ".")
    async with core.log.stuck():
        run = await core.ask()
        readers = [asyncio.create_task(core.follow(run.id)) for _ in range(3)]
        await core.log.until_a_write_waits()
        await until(lambda: core.model.open_streams == 0)
        await turns(50)
        assert core.live(run).last == 0
        assert not any(reader.done() for reader in readers)
        assert await core.stored_log(run.id) == []
    for shown in await asyncio.gather(*readers):
        assert shown == await core.stored_log(run.id)
        assert text_of(shown) == "Because."


async def test_what_waits_for_one_commit_becomes_one_event(core: Core) -> None:
    gate = asyncio.Event()
    reasoning: Step = [ReasoningDelta("h"), ReasoningDelta("m"), TextDelta("d")]
    core.model.script = [*words("a"), gate, *words("b", "c"), reasoning, *whole("e")]
    async with core.log.stuck():
        run = await core.ask()
        await core.log.until_a_write_waits()
        gate.set()
        await until(lambda: core.model.requests and core.model.open_streams == 0)
    shown = await core.follow(run.id)
    assert [numbered.event for numbered in shown] == [
        TextDelta("a"),
        TextDelta("bc"),
        ReasoningDelta("hm"),
        TextDelta("de"),
        RunFinished(RunStatus.COMPLETED, "stop", usage=FINISHED.usage),
    ]
    assert await core.stored_log(run.id) == shown


async def test_many_runs_share_one_commit(core: Core) -> None:
    core.model.script = whole("Be", "cause.")
    async with core.log.stuck():
        first = await core.ask()
        await core.log.until_a_write_waits()
        others = [await core.ask() for _ in range(9)]
        await until(lambda: len(core.model.requests) == 10 and core.model.open_streams == 0)
    for run in (first, *others):
        assert text_of(await core.follow(run.id)) == "Because."
    assert len(core.log.written) <= 3
    assert max(len(group) for group in core.log.written) >= 9


@pytest.mark.parametrize("failures", [["before"] * 3, ["after"] * 3, ["before", "after", "before"]], ids="-".join)
async def test_while_the_store_is_away_nothing_is_lost_repeated_or_shown(core: Core, failures: list[str]) -> None:
    core.model.script = whole("Be", "cause", ".")
    core.log.failures = list(failures)
    run = await core.ask()
    shown = await core.follow(run.id)
    assert core.log.failures == []
    assert text_of(shown) == "Because."
    assert [numbered.number for numbered in shown] == list(range(1, len(shown) + 1))
    assert await core.stored_log(run.id) == shown
    assert (await core.stored_answer(run)).text == "Because."


async def test_a_run_that_the_log_cannot_take_does_not_silence_the_others(core: Core) -> None:
    core.model.script = whole("Be", "cause.")
    async with core.log.stuck():
        first = await core.ask()
        await core.log.until_a_write_waits()
        poisoned, other = await core.ask(), await core.ask()
        del core.database.tables.messages[poisoned.answer_id]  # a bug: nothing may ever do this
        await until(lambda: len(core.model.requests) == 3 and core.model.open_streams == 0)
    for run in (first, other):
        assert text_of(await core.follow(run.id)) == "Because."
    await core.until_gone(poisoned)


deltas = st.one_of(st.text(max_size=4).map(TextDelta), st.text(max_size=4).map(ReasoningDelta))
batches = st.lists(st.lists(deltas, min_size=1, max_size=3), max_size=8)
pauses = st.lists(st.integers(0, 12), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    batches=batches,
    commits=pauses,
    arrivals=pauses,
    failures=st.lists(st.sampled_from(["before", "after"]), max_size=3),
)
async def test_what_is_shown_is_what_is_stored_however_slow_the_store_and_the_model(
    batches: list[list[ModelEvent]], commits: list[int], arrivals: list[int], failures: list[str]
) -> None:
    async with running(Core()) as core:
        core.model.script = [*batches, [FINISHED]]
        core.model.pauses = list(arrivals)
        core.log.pauses = list(commits)
        core.log.failures = list(failures)
        run = await core.ask()
        seen: list[NumberedEvent] = []
        _, shown = await core.follow_run(ANN, run.id)
        async for batch in shown:
            stored = await core.stored_log(run.id)
            assert stored[len(seen) : len(seen) + len(batch)] == batch
            seen += batch
        assert [numbered.number for numbered in seen] == list(range(1, len(seen) + 1))
        assert seen == await core.stored_log(run.id)
        said = [delta for batch in batches for delta in batch if isinstance(delta, TextDelta | ReasoningDelta)]
        assert (await core.stored_answer(run)).parts == answer_of(said)
        assert answer_of([numbered.event for numbered in seen]) == answer_of(said)
