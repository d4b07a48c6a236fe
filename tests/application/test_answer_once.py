"""What stores nothing is answered once a key: twins get the same bytes or come back, and a failure may be repeated."""

import asyncio

import pytest

from adapters.memory.database import MemoryDatabase
from application.idempotency.answer_once import AnswerOnce
from domain.errors import KeyInUse, KeyReused, ProviderTimedOut, StorageUnavailable
from domain.idempotency import KEPT_SECONDS, StoredAnswer
from tests.support.builders import BOB, ONE, TWO, key
from tests.support.clock import Clock

LEASE_SECONDS = 10.0


class Work:
    """Counts how often it is done; does not end before `gate` is open."""

    def __init__(self) -> None:
        self.times = 0
        self.failure: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> StoredAnswer:
        self.times += 1
        await self.gate.wait()
        if self.failure:
            raise self.failure
        return StoredAnswer(200, "application/json", f"answer {self.times}".encode())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(clock: Clock) -> MemoryDatabase:
    database = MemoryDatabase(now=clock, alone=False)
    for worker in (ONE, TWO):
        await database.workers.beat(worker)
    return database


@pytest.fixture
def once(database: MemoryDatabase) -> AnswerOnce:
    return AnswerOnce(begin=database.begin, worker_id=ONE, lease_seconds=LEASE_SECONDS)


@pytest.fixture
def elsewhere(database: MemoryDatabase) -> AnswerOnce:
    return AnswerOnce(begin=database.begin, worker_id=TWO, lease_seconds=LEASE_SECONDS)


@pytest.fixture
def work() -> Work:
    return Work()


async def test_without_a_key_it_is_done_each_time(once: AnswerOnce, work: Work) -> None:
    assert [(await once(None, work)).body for _ in range(2)] == [b"answer 1", b"answer 2"]


async def test_with_a_key_it_is_done_once_wherever_it_is_sent(
    once: AnswerOnce, elsewhere: AnswerOnce, work: Work
) -> None:
    first = await once(key(), work)
    assert await once(key(), work) == await elsewhere(key(), work) == first
    assert (await once(key("another"), work)).body == b"answer 2"
    assert (await once(key(owner=BOB), work)).body == b"answer 3"


async def test_another_request_under_the_key_is_refused(once: AnswerOnce, work: Work) -> None:
    await once(key(), work)
    with pytest.raises(KeyReused):
        await once(key(fingerprint="another"), work)
    assert work.times == 1


async def test_while_it_is_under_way_its_twins_are_told_to_come_back(
    once: AnswerOnce, elsewhere: AnswerOnce, work: Work
) -> None:
    work.gate.clear()
    first = asyncio.create_task(once(key(), work))
    await asyncio.sleep(0.01)
    for twin in (once, elsewhere):
        with pytest.raises(KeyInUse):
            await twin(key(), work)
    work.gate.set()
    assert await first == await elsewhere(key(), work)
    assert work.times == 1


async def test_of_twins_at_once_one_does_it(once: AnswerOnce, elsewhere: AnswerOnce, work: Work) -> None:
    outcomes = await asyncio.gather(*(twin(key(), work) for twin in (once, elsewhere) * 4), return_exceptions=True)
    assert work.times == 1
    assert {type(outcome) for outcome in outcomes} == {StoredAnswer, KeyInUse}


async def test_a_failure_is_not_kept(once: AnswerOnce, work: Work) -> None:
    work.failure = ProviderTimedOut("scripted")
    with pytest.raises(ProviderTimedOut):
        await once(key(), work)
    work.failure = None
    assert (await once(key(), work)).body == b"answer 2"


async def test_who_leaves_leaves_nothing_behind(once: AnswerOnce, work: Work) -> None:
    work.gate.clear()
    leaving = asyncio.create_task(once(key(), work))
    await asyncio.sleep(0.01)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    work.gate.set()
    assert (await once(key(), work)).body == b"answer 2"


async def test_the_key_of_a_worker_that_died_at_it_is_free_when_its_lease_is_over(
    once: AnswerOnce, elsewhere: AnswerOnce, work: Work, database: MemoryDatabase, clock: Clock
) -> None:
    await once.take(key())
    clock.move(LEASE_SECONDS)
    await database.workers.beat(TWO)
    taken_over = await elsewhere(key(), work)
    assert work.times == 1
    with pytest.raises(KeyInUse):
        await once.keep(key(), StoredAnswer(200, "text/plain", b"late"))
    assert await once(key(), work) == taken_over


async def test_after_a_day_it_is_done_again(once: AnswerOnce, work: Work, clock: Clock) -> None:
    await once(key(), work)
    clock.move(KEPT_SECONDS)
    assert (await once(key(), work)).body == b"answer 2"


async def test_a_store_that_is_away_at_the_beginning_costs_nothing(work: Work) -> None:
    database = MemoryDatabase(busy_seconds=0.01)
    async with database.begin():
        with pytest.raises(StorageUnavailable):
            await AnswerOnce(begin=database.begin, worker_id=ONE, lease_seconds=LEASE_SECONDS)(key(), work)
    assert work.times == 0
