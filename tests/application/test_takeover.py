"""A run outlives its worker: another goes on with it, and everybody sees one run with one ending."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from domain.conversation import MessageStatus
from domain.run import AnswerReset, Run, RunFinished, RunStatus, TextDelta
from tests.support.core import ANN, LEASE_SECONDS, Core, running, text_of, turns, until
from tests.support.scripted_model import FINISHED, ScriptedModel, whole, words

DONE = RunFinished(RunStatus.COMPLETED, "stop", usage=FINISHED.usage)


async def abandoned(core: Core, *said: str) -> Run:
    """A run that has said so much when its worker is cut off for longer than the lease."""
    core.model.script = [*words(*said), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "".join(said))
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    return run


async def test_before_the_lease_is_over_nobody_takes_the_run(core: Core) -> None:
    core.model.script = [*words("Be"), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "Be")
    core.clock.move(LEASE_SECONDS - 0.001)
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        await replica.loop.look()
        assert replica.worker.live(run.id) is None
    assert (await core.stored_run(run.id)).fence == 1


async def test_another_asks_the_model_anew_and_tells_readers_to_forget_what_was_said(core: Core) -> None:
    run = await abandoned(core, "Be", "cau")
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        shown = await replica.follow(run.id)
        assert [m.text for m in replica.model.requests[0].messages] == ["Be brief.", "Why?"]
    said = [numbered.event for numbered in shown]
    assert text_of(said[: said.index(AnswerReset())]) == "Becau"
    assert said[said.index(AnswerReset()) :] == [AnswerReset(), TextDelta("Because."), DONE]
    assert [numbered.number for numbered in shown] == list(range(1, len(shown) + 1))
    stored = await core.stored_run(run.id)
    assert (stored.status, stored.attempts, stored.fence) == (RunStatus.COMPLETED, 2, 2)
    answer = await core.stored_answer(run)
    assert (answer.text, answer.status) == ("Because.", MessageStatus.COMPLETED)


async def test_where_nothing_was_said_there_is_nothing_to_forget(core: Core) -> None:
    run = await abandoned(core)
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        shown = await replica.follow(run.id)
    assert [numbered.event for numbered in shown] == [TextDelta("Because."), DONE]


async def test_the_model_is_shown_what_it_was_shown_the_first_time(core: Core) -> None:
    core.model.script = whole("Because.")
    first = await core.ask()
    await core.follow(first.id)
    core.model.script = [asyncio.Event()]
    second = await core.ask("And then?", first.conversation_id)
    await until(lambda: len(core.model.requests) == 2)
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    async with running(core.replica(model=ScriptedModel(whole("Then.")))) as replica:
        await replica.follow(second.id)
        assert replica.model.requests == [core.model.requests[1]]


async def test_the_old_worker_writes_nothing_more_and_its_readers_see_the_other_to_the_end(core: Core) -> None:
    gate = asyncio.Event()
    core.model.script = [*words("Be"), gate, *whole("late")]
    run = await core.ask()
    await core.until_said(run, "Be")
    readers = [asyncio.create_task(core.follow(run.id, after)) for after in (0, 1)]
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    async with running(core.replica(model=ScriptedModel(whole("Be", "cause.")))) as replica:
        there = await replica.follow(run.id)
        gate.set()
        for after, reader in enumerate(readers):
            assert await reader == there[after:] == (await core.stored_log(run.id))[after:]
    await core.until_gone(run)
    assert core.model.open_streams == 0
    assert "late" not in text_of(await core.stored_log(run.id))
    assert (await core.stored_answer(run)).text == "Because."


async def test_readers_of_the_old_worker_go_on_live_when_it_notices_early(core: Core) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    core.model.script = [*words("Be"), gates[0], *whole("late")]
    run = await core.ask()
    await core.until_said(run, "Be")
    reader = asyncio.create_task(core.follow(run.id))
    core.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    async with running(core.replica(model=ScriptedModel([*words("Be"), gates[1], *whole("cause.")]))) as replica:
        await replica.until_said(run, "BeBe")
        gates[0].set()
        await core.until_gone(run)
        gates[1].set()
        there = await replica.follow(run.id)
        assert await reader == there


async def test_a_worker_that_gets_back_a_run_it_had_lost_executes_it_once(core: Core) -> None:
    run = await abandoned(core, "Be")
    stuck = ScriptedModel([*words("then"), asyncio.Event()])
    async with running(core.replica(model=stuck)) as replica:
        await replica.until_said(run, "Bethen")
        replica.workers.cut_off = True
        core.clock.move(LEASE_SECONDS)
        core.model.script = whole("Because.")
        core.workers.cut_off = False
        await core.loop.look()
        shown = await core.follow(run.id)
        await core.until_gone(run)
        assert core.model.open_streams == 0
    assert text_of(shown) == "BethenBecause."
    stored = await core.stored_run(run.id)
    assert (stored.status, stored.fence, stored.attempts) == (RunStatus.COMPLETED, 3, 3)


async def test_a_run_that_is_interrupted_too_often_fails_and_keeps_what_was_said(core: Core) -> None:
    run = await abandoned(core, "1")
    async with AsyncExitStack() as processes:
        for attempts in ("12", "123"):
            replica = core.replica(f"worker {attempts}", model=ScriptedModel([*words(attempts[-1]), asyncio.Event()]))
            await processes.enter_async_context(running(replica))
            await replica.until_said(run, attempts)
            replica.workers.cut_off = True
            core.clock.move(LEASE_SECONDS)
        last = await processes.enter_async_context(running(core.replica("last")))
        outcome = (await last.follow(run.id))[-1].event
        assert last.model.requests == []
        assert isinstance(outcome, RunFinished)
        assert (outcome.status, outcome.problem and outcome.problem.code) == (RunStatus.FAILED, "too_many_attempts")
        answer = await core.stored_answer(run)
        assert (answer.text, answer.status) == ("3", MessageStatus.FAILED)
        assert (await core.stored_run(run.id)).status is RunStatus.FAILED
        await last.ask("And now?", run.conversation_id)


async def test_word_that_was_left_for_a_dead_worker_is_heard_by_the_next(core: Core) -> None:
    run = await abandoned(core, "Be")
    async with core.database.begin() as tx:
        await tx.runs.request_cancel(run.id, owner=run.owner)
        await tx.commit()
    async with running(core.replica()) as replica:
        shown = await replica.follow(run.id)
        assert replica.model.requests == []
    assert [numbered.event for numbered in shown] == [TextDelta("Be"), RunFinished(RunStatus.CANCELLED)]
    assert (await core.stored_answer(run)).text == "Be"


@pytest.mark.parametrize("moment", range(12))
async def test_a_cancel_at_any_moment_of_the_takeover_ends_the_run_with_what_was_said(core: Core, moment: int) -> None:
    run = await abandoned(core, "Be")
    async with running(core.replica(model=ScriptedModel([asyncio.Event()]))) as replica:
        await turns(moment)
        async with asyncio.timeout(30):
            ended = await replica.cancel_run(ANN, run.id)
    assert ended.status is RunStatus.CANCELLED
    assert (await core.stored_answer(run)).status is MessageStatus.CANCELLED
    assert isinstance((await core.stored_log(run.id))[-1].event, RunFinished)


async def test_while_the_store_is_away_the_next_worker_waits_for_it(core: Core) -> None:
    run = await abandoned(core, "Be")
    replica = core.replica(model=ScriptedModel(whole("Because.")))
    replica.log.failures = ["read", "read"]
    async with running(replica):
        assert text_of(await core.stored_log(run.id)) == "Be"
        assert text_of(await replica.follow(run.id)) == "BeBecause."
    assert replica.log.failures == []


async def test_a_run_whose_conversation_is_deleted_during_the_takeover_is_let_go(core: Core) -> None:
    run = await abandoned(core, "Be")
    replica = core.replica(model=ScriptedModel(whole("Because.")))
    replica.log.failures = ["read"]
    async with running(replica):
        await until(lambda: replica.log.failures == [])
        await core.delete_conversation(ANN, run.conversation_id)
        await replica.until_gone(run)
        assert replica.model.requests == []
