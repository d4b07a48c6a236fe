"""Signals: hints that wake who waits, here and in other processes, and never hold anybody up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest

from adapters.memory.signals import LocalSignals
from adapters.sql.database import SqlDatabase
from adapters.sql.postgres_signals import PostgresSignals
from application.ports.signals import Signals, Subscription, run_topic

LONG = 60.0


Ends = tuple[Signals, Signals]


@asynccontextmanager
async def postgres_signals(url: str) -> AsyncIterator[PostgresSignals]:
    database = SqlDatabase.connect(url)
    signals = database.signals_over(LocalSignals())
    assert isinstance(signals, PostgresSignals)
    await signals.start()
    yield signals
    await database.dispose()


@pytest.fixture(params=["one process", "two processes on Postgres"])
def shared_url(request: pytest.FixtureRequest) -> str | None:
    """The database between the two; None within one process."""
    return None if request.param == "one process" else str(request.getfixturevalue("migrated_postgres"))


@pytest.fixture
async def signals(shared_url: str | None) -> AsyncIterator[Ends]:
    """Two ends between which signals go."""
    if shared_url is None:
        local = LocalSignals()
        yield local, local
    else:
        url = shared_url
        async with postgres_signals(url) as here, postgres_signals(url) as there:
            yield here, there


async def is_woken(subscription: Subscription, *, within: float = LONG) -> bool:
    started = monotonic()
    await subscription.wait(within)
    return monotonic() - started < within


async def test_who_waits_is_woken(signals: Ends) -> None:
    here, there = signals
    with there.subscribe("topic") as subscription:
        waiting = asyncio.create_task(is_woken(subscription))
        await asyncio.sleep(0)
        here.send("topic")
        assert await waiting


async def test_a_signal_that_came_before_the_wait_is_not_missed(signals: Ends) -> None:
    here, there = signals
    with there.subscribe("topic") as subscription:
        here.send("topic")
        assert await is_woken(subscription)


async def test_a_signal_that_came_before_the_subscription_is_none_of_its_business(signals: Ends) -> None:
    here, there = signals
    with there.subscribe("topic") as first:
        here.send("topic")
        assert await is_woken(first)
        with there.subscribe("topic") as second:
            assert not await is_woken(second, within=0.05)


async def test_one_wait_takes_in_all_that_was_sent_before(signals: Ends) -> None:
    here, there = signals
    with there.subscribe("topic") as subscription, there.subscribe("last") as last:
        for _ in range(5):
            here.send("topic")
        here.send("last")
        assert await is_woken(last)
        assert await is_woken(subscription)
        assert not await is_woken(subscription, within=0.05)


async def test_other_topics_wake_nobody(signals: Ends) -> None:
    here, there = signals
    with there.subscribe(run_topic(1)) as one, there.subscribe(run_topic(12)) as twelve:
        here.send(run_topic(12), run_topic(2))
        assert await is_woken(twelve)
        assert not await is_woken(one, within=0.05)


async def test_many_topics_are_sent_at_once(signals: Ends) -> None:
    here, there = signals
    topics = [run_topic(id) for id in range(1, 600)]
    with there.subscribe(topics[0]) as first, there.subscribe(topics[-1]) as last:
        here.send(*topics)
        assert await is_woken(first)
        assert await is_woken(last)


async def test_everybody_who_waits_is_woken_at_both_ends(signals: Ends) -> None:
    here, there = signals
    with here.subscribe("topic") as a, there.subscribe("topic") as b, there.subscribe("topic") as c:
        there.send("topic")
        assert await asyncio.gather(*(is_woken(subscription) for subscription in (a, b, c))) == [True] * 3


async def test_without_a_signal_the_wait_ends_in_time(signals: Ends) -> None:
    _, there = signals
    with there.subscribe("topic") as subscription:
        started = monotonic()
        await subscription.wait(0.05)
        assert 0.04 <= monotonic() - started < LONG


async def test_sending_to_nobody_or_nothing_is_no_work(signals: Ends) -> None:
    here, there = signals
    here.send()
    here.send("nobody")
    with there.subscribe("topic"):
        pass
    here.send("topic")


async def test_who_is_cancelled_while_waiting_leaves_the_others_waiting(signals: Ends) -> None:
    here, there = signals
    with there.subscribe("topic") as left, there.subscribe("topic") as stays:
        waiting = asyncio.create_task(left.wait(LONG))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        here.send("topic")
        assert await is_woken(stays)
