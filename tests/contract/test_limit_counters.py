"""Counters of limits: never more is given out than there is but for the one call that goes over."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from adapters.sql.database import SqlDatabase
from adapters.sql.limit_tables import held_limits
from application.ports.limit_counters import LimitCounters, Take
from domain.errors import StorageUnavailable
from tests.support.app import until
from tests.support.databases import Database
from tests.support.limits import counters_of


@pytest.fixture
async def counters(database: Database) -> AsyncIterator[LimitCounters]:
    counters = counters_of(database)
    yield counters
    await counters.aclose()


@pytest.fixture
async def processes(database: Database) -> AsyncIterator[list[LimitCounters]]:
    """Three that share the database, or one that has it to itself."""
    first = counters_of(database)
    shares = isinstance(database, SqlDatabase) and database.limit_counters("") is not None
    others = [counters_of(database, name) for name in ("two", "three")] if shares else []
    yield [first, *others]
    for each in [first, *others]:
        await each.aclose()


def requests(most: int, amount: int = 1, name: str = "user_1/requests/minute/1") -> Take:
    return Take(name, most, amount, seconds=60)


def budget(most: int, amount: int = 1, already: int = 0) -> Take:
    return Take("user_1/tokens/day/20300101", most, amount, seconds=60, reserved=True, already=already)


def streams(most: int, amount: int = 1, name: str = "user_1/streams") -> Take:
    return Take(name, most, amount)


async def got(counters: LimitCounters, take: Take, times: int) -> int:
    return sum([await counters.take([take]) is None for _ in range(times)])


@pytest.mark.parametrize("take", [requests(5), streams(5), budget(5)])
async def test_so_many_get_through_and_no_more(counters: LimitCounters, take: Take) -> None:
    assert await got(counters, take, 8) == 5
    assert await counters.take([take]) == take
    assert counters.used(take.counter) == 5
    assert await counters.look([take.counter, "user_2/requests/minute/1"]) == [5, 0]


async def test_nothing_gets_through_where_nothing_may(counters: LimitCounters) -> None:
    assert await counters.take([requests(0)]) == requests(0)
    assert await counters.take([streams(0)]) == streams(0)


async def test_windows_and_subjects_are_counted_apart(counters: LimitCounters) -> None:
    for window in range(3):
        for subject in ("user_1", "key_1"):
            take = requests(2, name=f"{subject}/requests/minute/{window}")
            assert await got(counters, take, 3) == 2


async def test_one_call_may_go_over_and_then_there_is_nothing_left(counters: LimitCounters) -> None:
    assert await counters.take([requests(100, 99)]) is None
    assert await counters.take([requests(100, 5000)]) is None
    assert await counters.take([requests(100, 1)]) is not None
    assert await counters.look([requests(100).counter]) == [5099]


async def test_all_is_taken_or_nothing(counters: LimitCounters) -> None:
    one, other = requests(3, name="one/requests/minute/1"), requests(1, name="other/requests/minute/1")
    assert await counters.take([one, other]) is None
    for _ in range(5):
        assert await counters.take([one, other]) == other
    assert await got(counters, one, 5) == 2


async def test_what_was_not_used_is_there_again(counters: LimitCounters) -> None:
    take = requests(1000, 1000)
    assert await counters.take([take]) is None
    assert await counters.take([requests(1000)]) is not None
    await counters.settle(take, 400)
    assert await counters.take([requests(1000, 600)]) is None
    assert await counters.take([requests(1000)]) is not None


async def test_what_was_used_beyond_the_estimate_is_counted(counters: LimitCounters) -> None:
    take = requests(1000, 10)
    assert await counters.take([take]) is None
    await counters.settle(take, 1500)
    assert await counters.take([requests(1000)]) is not None
    assert await counters.look([take.counter]) == [1500]


async def test_what_is_reserved_counts_as_it_was_used(counters: LimitCounters) -> None:
    take = budget(1000, 400, already=300)
    assert [await counters.take([take]) is None for _ in range(4)] == [True, True, False, False]
    assert await counters.look([take.counter]) == [1100]
    await counters.settle(take, 100)
    assert await counters.take([take]) is None
    for used in (100, 500):
        await counters.settle(take, used)
    assert await counters.look([take.counter]) == [1000]
    assert await counters.take([budget(1000)]) is not None
    assert await counters.take([budget(2000, already=1)]) is None


async def test_what_was_used_up_before_anybody_counted_lets_nothing_in(counters: LimitCounters) -> None:
    assert await counters.take([budget(1000, already=1000)]) is not None


async def test_what_is_held_is_there_again_when_it_is_given_back(counters: LimitCounters) -> None:
    assert await got(counters, streams(3), 4) == 3
    for _ in range(10):
        await counters.settle(streams(3))
        assert await got(counters, streams(3), 2) == 1
    for _ in range(3):
        await counters.settle(streams(3))
    assert await counters.look([streams(3).counter]) == [0]


@pytest.mark.parametrize("seed", range(8))
async def test_at_the_edge_no_more_than_one_goes_over_however_many_come_at_once(
    processes: list[LimitCounters], seed: int
) -> None:
    chance = random.Random(seed)
    most, amount = chance.choice([(1, 1), (7, 1), (40, 1), (100, 7), (1000, 130)])
    window, held, kept = requests(most, amount), streams(most, amount), budget(most, amount)
    both = [window, held, kept] if chance.random() < 0.5 else [held, window, kept]

    async def one(counters: LimitCounters) -> bool:
        for _ in range(chance.randrange(3)):
            await asyncio.sleep(0)
        return await counters.take(both) is None

    takers = [chance.choice(processes) for _ in range(2 * most // amount + 10)]
    taken = sum(await asyncio.gather(*map(one, takers)))
    wanted = -(-most // amount)
    assert taken <= wanted, f"seed {seed}"
    if len(processes) == 1 or most <= 40:  # else one may have in hand what another would need
        assert taken >= wanted - len(processes), f"seed {seed}"

    async def settled() -> bool:
        return await processes[0].look([window.counter, kept.counter]) == [taken * amount] * 2

    await until(settled, seconds=20)


async def test_who_is_cancelled_has_taken_nothing(processes: list[LimitCounters]) -> None:
    waiting = [asyncio.ensure_future(each.take([requests(4), streams(4), budget(4)])) for each in processes]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    done = await asyncio.gather(*waiting, return_exceptions=True)
    for each, taken in zip(processes, done, strict=True):
        if taken is None:
            await each.settle(streams(4))
            await each.settle(requests(4))
            await each.settle(budget(4))

    async def nothing() -> bool:
        return await processes[0].look([requests(4).counter, streams(4).counter, budget(4).counter]) == [0, 0, 0]

    await until(nothing, seconds=20)


async def test_another_process_gets_what_one_gives_back_and_what_it_held_when_it_ends(
    processes: list[LimitCounters],
) -> None:
    first, last = processes[0], processes[-1]
    assert await got(first, streams(2), 3) == 2
    assert await last.take([streams(2)]) is not None
    await first.settle(streams(2))

    async def free() -> bool:
        return await last.take([streams(2)]) is None

    await until(free, seconds=20)
    assert await last.take([streams(2)]) is not None


async def test_what_the_dead_held_is_there_again(database: Database) -> None:
    if not (isinstance(database, SqlDatabase) and database.limit_counters("") is not None):
        return  # what is held in memory is gone with the process
    dead, alive = counters_of(database, "dead"), counters_of(database, "alive")
    assert await got(dead, streams(2), 3) == 2
    await dead.take([budget(100, 30)])
    await dead.take([budget(100, 10)])
    await dead.settle(budget(100, 10), 8)
    long_ago = sa.update(held_limits).values(until=datetime.now(UTC) - timedelta(seconds=1))
    async with database.backend.begin() as session:
        await session.run(lambda connection: connection.execute(long_ago), slow=False)
        await session.commit()
    assert await got(alive, streams(3), 2) == 1  # which begins to look after what the dead hold

    async def freed() -> bool:
        return await alive.take([streams(2)]) is None

    await until(freed, seconds=20)
    assert await alive.look([budget(1).counter]) == [8]
    for each in (dead, alive):
        await each.aclose()


async def test_a_database_that_does_not_answer_says_so() -> None:
    broken = SqlDatabase.connect("postgresql://nobody@127.0.0.1:1/nothing").limit_counters("broken")
    assert broken is not None
    with pytest.raises(StorageUnavailable):
        await broken.take([requests(1)])
    await broken.aclose()
