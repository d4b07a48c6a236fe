"""Calls of a provider that a worker had begun when it died are in the ledger once another goes on."""

import asyncio

from domain.run import RunStatus
from domain.usage import CallOutcome, LedgerEntry, Purpose
from tests.application.test_takeover import abandoned
from tests.support.core import LEASE_SECONDS, Core, busy, running
from tests.support.databases import ledger
from tests.support.scripted_model import FINISHED, ScriptedModel, whole

OUTCOME_OF = {CallOutcome.INTERRUPTED: True, CallOutcome.COMPLETED: False, CallOutcome.CANCELLED: True}


def said(lines: list[LedgerEntry]) -> list[tuple[CallOutcome, Purpose, bool]]:
    assert all(OUTCOME_OF[line.outcome] == line.estimated for line in lines)
    return [(line.outcome, line.purpose, line.usage.output_tokens > 0) for line in lines]


async def test_a_call_that_died_with_its_worker_is_estimated_from_what_was_heard(core: Core) -> None:
    run = await abandoned(core, "Be", "cause of")
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        await replica.follow(run.id)
    lost, done = await ledger(core.database)
    assert said([lost, done]) == [
        (CallOutcome.INTERRUPTED, Purpose.REPLY, True),
        (CallOutcome.COMPLETED, Purpose.REPLY, True),
    ]
    assert (lost.usage.output_tokens, lost.asked, lost.run_id) == (3, "scripted:model", run.id)
    assert lost.usage.input_tokens > 0
    assert done.usage == FINISHED.usage


async def test_each_worker_that_dies_leaves_one_call(core: Core) -> None:
    run = await abandoned(core, "Be")
    second = core.replica("worker two", model=ScriptedModel([asyncio.Event()]))
    await second.loop.start()
    await second.model.asked.wait()
    second.workers.cut_off = True
    core.clock.move(LEASE_SECONDS)
    async with running(core.replica("worker three", model=ScriptedModel(whole("Because.")))) as third:
        await third.follow(run.id)
        assert [line.outcome for line in await ledger(core.database)] == [
            CallOutcome.INTERRUPTED,
            CallOutcome.INTERRUPTED,
            CallOutcome.COMPLETED,
        ]
    await second.loop.stop(drain_seconds=0)


async def test_a_run_that_is_handed_over_is_counted_by_who_had_it_and_not_again(core: Core) -> None:
    run = await busy(core, "Be", "cause")
    await core.loop.stop(drain_seconds=0)
    await core.recorder.flush()
    async with running(core.replica(model=ScriptedModel(whole("Because.")))) as replica:
        await replica.follow(run.id)
    assert said(await ledger(core.database)) == [
        (CallOutcome.CANCELLED, Purpose.REPLY, True),
        (CallOutcome.COMPLETED, Purpose.REPLY, True),
    ]
    assert (await core.stored_run(run.id)).status is RunStatus.COMPLETED
