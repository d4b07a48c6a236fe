"""Workers that share a store: a beating worker keeps its runs, and a dead one's are taken by exactly one other."""

import asyncio
from dataclasses import replace
from time import monotonic

import pytest

from application.ports.run_log import LogEntry
from application.ports.workers import Claim
from domain.run import Run, RunStatus, TextDelta, WorkerId
from tests.support.builders import ALICE, ONE, TWO, add_conversation, ask, ending, queue, stored_run
from tests.support.databases import SHARED, Database

pytestmark = pytest.mark.parametrize("migrated_url", SHARED, indirect=True)

NOTHING = Claim((), others_wait=False)


@pytest.fixture
async def run(database: Database) -> Run:
    """Worker ONE has it, and beats."""
    await database.workers.beat(ONE)
    return await ask(database, await add_conversation(database), "question", worker=ONE)


async def claim(database: Database, worker: WorkerId = TWO, *, limit: int = 100, lease_seconds: float = 60) -> Claim:
    return await database.workers.claim(worker, executing=(), limit=limit, lease_seconds=lease_seconds)


async def test_the_runs_of_a_worker_that_beats_are_its_own(database: Database, run: Run) -> None:
    await database.workers.beat(TWO)
    assert await claim(database) == NOTHING
    assert await stored_run(database, run.id) == run
    assert await database.run_log.write([ending(run, "answer")]) == set()


async def test_the_runs_of_a_worker_that_stopped_beating_are_taken_and_its_late_writes_refused(
    database: Database, run: Run
) -> None:
    await database.run_log.write([LogEntry(run, 1, (TextDelta("a"),))])
    [taken] = (await claim(database, lease_seconds=0)).runs
    assert taken == replace(run, fence=2, attempts=2, last_event=1)
    assert await stored_run(database, run.id) == taken
    assert await database.run_log.write([LogEntry(run, 2, (TextDelta("late"),))]) == {run.id}
    assert await database.run_log.write([ending(run, "late", first=2)]) == {run.id}
    assert await database.run_log.write([ending(taken, "answer")]) == set()
    assert (await stored_run(database, run.id)).status is RunStatus.COMPLETED


async def test_a_worker_is_dead_when_its_lease_is_over_and_not_before(database: Database, run: Run) -> None:
    beaten = monotonic()
    await database.workers.beat(ONE)
    async with asyncio.timeout(60):
        while not (await claim(database, lease_seconds=0.2)).runs:  # noqa: ASYNC110  # only the store's clock tells
            await asyncio.sleep(0.01)
    assert monotonic() - beaten >= 0.2


async def test_a_worker_that_never_beat_is_dead(database: Database) -> None:
    run = await ask(database, await add_conversation(database), "question", worker=WorkerId("nobody"))
    assert [taken.id for taken in (await claim(database)).runs] == [run.id]


@pytest.mark.parametrize("kind", ["queued", "handed over", "left behind"])
async def test_of_many_simultaneous_workers_exactly_one_gets_a_run(database: Database, kind: str) -> None:
    owner = None if kind == "queued" else WorkerId("gone")
    runs = [await ask(database, await add_conversation(database), "question", worker=owner) for _ in range(12)]
    if kind == "handed over":
        await database.workers.release(WorkerId("gone"))
    workers = [WorkerId(f"worker {n}") for n in range(12)]
    for worker in workers:
        await database.workers.beat(worker)
    claims = await asyncio.gather(*(claim(database, worker, limit=3) for worker in workers))
    taken = [run for one in claims for run in one.runs]
    assert len({run.id for run in taken}) == len(taken)
    for worker in workers:
        taken += (await claim(database, worker)).runs
    assert sorted(run.id for run in taken) == [run.id for run in runs]
    assert {run.fence for run in taken} == {2}


async def test_one_run_that_many_want_is_given_once(database: Database) -> None:
    await queue(database, await add_conversation(database), "question")
    workers = [WorkerId(f"worker {n}") for n in range(12)]
    for worker in workers:
        await database.workers.beat(worker)
    claims = await asyncio.gather(*(claim(database, worker) for worker in workers))
    assert sorted(len(one.runs) for one in claims) == [0] * 11 + [1]


async def test_of_one_conversation_two_workers_never_run_two_at_once(database: Database) -> None:
    conversation = await add_conversation(database)
    for n in range(6):
        await queue(database, conversation, f"question {n}")
    workers = [WorkerId(f"worker {n}") for n in range(6)]
    for worker in workers:
        await database.workers.beat(worker)
    seen = []
    for _ in range(6):
        claims = await asyncio.gather(*(claim(database, worker) for worker in workers))
        [taken] = [run for one in claims for run in one.runs]
        seen.append(taken.id)
        await database.run_log.write([ending(taken, "answer")])
    assert seen == sorted(seen)


async def test_a_worker_hands_over_its_own_runs_alone(database: Database, run: Run) -> None:
    await database.workers.beat(TWO)
    hers = await ask(database, await add_conversation(database), "question", worker=TWO)
    await database.workers.release(ONE)
    [taken] = (await claim(database)).runs
    assert taken == replace(run, fence=2)
    assert await stored_run(database, hers.id) == hers


async def test_a_worker_hears_of_its_own_runs_alone(database: Database, run: Run) -> None:
    async with database.begin() as tx:
        await tx.runs.request_cancel(run.id, owner=ALICE)
        await tx.commit()
    assert await database.workers.beat(TWO) == []
    assert await database.workers.beat(ONE) == [run.id]
    await claim(database, lease_seconds=0)
    assert await database.workers.beat(ONE) == []
    assert await database.workers.beat(TWO) == [run.id]
