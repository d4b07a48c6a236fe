"""Signals between processes on Postgres: what is sent is heard, whoever is slow, frozen, cut off or leaving."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from time import monotonic, perf_counter

import asyncpg
import pytest

from adapters.memory.signals import LocalSignals
from adapters.sql import postgres_signals
from adapters.sql.database import SqlDatabase
from adapters.sql.postgres_signals import CHANNEL, LONGEST_PAYLOAD, PostgresSignals, payloads
from application.ports.signals import WORK, Subscription, run_topic
from tests.support.leaping_time import LIMIT_SECONDS, LeapingTime
from tests.support.stalling_proxy import stalling_proxy

LONG = 60.0
LISTENER = """
import asyncio, sys
from adapters.memory.signals import LocalSignals
from adapters.sql.database import SqlDatabase

async def main():
    signals = SqlDatabase.connect(sys.argv[1]).signals_over(LocalSignals())
    await signals.start()
    with signals.subscribe("topic") as subscription:
        print("listening", flush=True)
        await subscription.wait(600)
        print("woken", flush=True)

asyncio.run(main())
"""
TERMINATE_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def opened(url: str, stack: AsyncExitStack, *, seconds: float = LIMIT_SECONDS) -> PostgresSignals:
    """The signals of one process among those that share the database."""
    database = SqlDatabase.connect(url, wait_seconds=seconds, statement_seconds=seconds)
    signals = database.signals_over(LocalSignals())
    assert isinstance(signals, PostgresSignals)
    await signals.start()
    stack.push_async_callback(database.dispose)
    return signals


@pytest.fixture
async def processes(new_postgres: str) -> AsyncIterator[tuple[PostgresSignals, PostgresSignals]]:
    async with AsyncExitStack() as stack:
        yield await opened(new_postgres, stack), await opened(new_postgres, stack)


Processes = tuple[PostgresSignals, PostgresSignals]


@pytest.fixture
async def administrator(new_postgres: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(new_postgres)
    yield connection
    await connection.close()


async def is_woken(subscription: Subscription, *, within: float = LONG) -> bool:
    began = monotonic()
    await subscription.wait(within)
    return monotonic() - began < within


async def test_another_process_hears_and_answers(processes: Processes) -> None:
    here, there = processes
    with here.subscribe("answer") as answer, there.subscribe("question") as question:
        for _ in range(3):
            here.send("question")
            assert await is_woken(question)
            there.send("answer")
            assert await is_woken(answer)


async def test_ones_own_signals_do_not_come_back(processes: Processes) -> None:
    here, there = processes
    with here.subscribe("topic") as mine, there.subscribe("topic") as theirs:
        here.send("topic")
        assert await is_woken(mine)
        assert await is_woken(theirs)
        assert not await is_woken(mine, within=0.1)


async def test_five_thousand_topics_arrive(processes: Processes) -> None:
    here, there = processes
    topics = [run_topic(10**15 + n) for n in range(5_000)]
    with ExitStack() as stack:
        waiting = [stack.enter_context(there.subscribe(topic)) for topic in topics]
        here.send(*topics)
        assert all(await asyncio.gather(*(is_woken(subscription) for subscription in waiting)))


@pytest.mark.parametrize("count", [0, 1, 100, 5_000])
def test_topics_are_cut_into_payloads_that_postgres_takes(count: int) -> None:
    topics = [run_topic(10**15 + n) for n in range(count)]
    lots = payloads(topics)
    assert [topic for lot in lots for topic in lot.split("\n")] == topics
    assert all(len(lot.encode()) <= LONGEST_PAYLOAD for lot in lots)
    assert len(lots) == -(-count * 21 // LONGEST_PAYLOAD)


async def test_a_burst_is_sent_in_few_transactions_and_silence_in_none(
    processes: Processes, administrator: asyncpg.Connection
) -> None:
    here, there = processes
    heard: list[str] = []
    await administrator.add_listener(CHANNEL, lambda *notification: heard.append(notification[-1]))
    began = monotonic()
    for n in range(2_000):
        here.send(run_topic(n % 100))
        await asyncio.sleep(0)
    with there.subscribe("last") as last:
        here.send("last")
        assert await is_woken(last)
    assert len(heard) <= 2 + (monotonic() - began) / 0.03
    async with asyncio.timeout(LONG):
        while "last" not in heard[-1]:  # noqa: ASYNC110  # asyncpg has no event for it
            await asyncio.sleep(0.01)
    before = len(heard)
    await asyncio.sleep(0.2)
    assert len(heard) == before
    assert {topic for payload in heard for topic in payload.split("\n")} == {*map(run_topic, range(100)), "last"}


async def test_a_connection_that_was_ended_is_replaced_and_whoever_waits_is_woken(
    processes: Processes, administrator: asyncpg.Connection
) -> None:
    here, there = processes
    with there.subscribe(run_topic(1)) as one, there.subscribe("topic") as other:
        for _ in range(2):
            assert await administrator.fetch(TERMINATE_OTHERS)
            assert await is_woken(one)
            assert await is_woken(other)
        async with asyncio.timeout(LONG):
            while not await is_woken(other, within=0.1):  # until the sender's own connection is back too
                here.send("topic")


async def test_sending_does_not_wait_for_a_listener_that_is_frozen(new_postgres: str, processes: Processes) -> None:
    here, there = processes
    frozen = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LISTENER, new_postgres, stdout=asyncio.subprocess.PIPE
    )
    assert frozen.stdout
    try:
        async with asyncio.timeout(2 * LONG):
            assert await frozen.stdout.readline() == b"listening\n"
            frozen.send_signal(signal.SIGSTOP)
            for n in range(20):
                with there.subscribe(run_topic(n)) as subscription:
                    here.send(*(run_topic(10**15 + m) for m in range(3_000)), run_topic(n))
                    began = perf_counter()
                    assert await is_woken(subscription)
                    assert perf_counter() - began < 20
            frozen.send_signal(signal.SIGCONT)
            here.send("topic")
            assert await frozen.stdout.readline() == b"woken\n"
    finally:
        frozen.kill()
        await frozen.communicate()


async def test_a_server_that_is_frozen_holds_nobody_up_and_is_found_again(new_postgres: str) -> None:
    async with stalling_proxy(new_postgres) as proxy, AsyncExitStack() as stack:
        here, there = await opened(proxy.url, stack), await opened(new_postgres, stack)
        time = LeapingTime()
        proxy.flowing.clear()
        with here.subscribe("topic") as mine, there.subscribe("topic") as theirs:
            began = perf_counter()
            here.send("topic", *map(run_topic, range(1_000)))
            assert perf_counter() - began < 20
            assert await is_woken(mine)
            for _ in range(8):
                await time.leap(LIMIT_SECONDS / 2)  # until the connection is given up
            proxy.flowing.set()
            async with asyncio.timeout(LONG):
                while not await is_woken(theirs, within=0.1):
                    here.send("topic")


async def test_where_no_database_is_signals_go_within_the_process() -> None:
    database = SqlDatabase.connect("postgresql://nobody@127.0.0.1:1/none", wait_seconds=5)
    signals = database.signals_over(LocalSignals())
    with signals.subscribe(WORK) as subscription:
        signals.send(WORK)
        assert await is_woken(subscription)
    await database.dispose()
    signals.send(WORK)


async def test_what_was_sent_last_is_heard_though_the_sender_leaves(
    new_postgres: str, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, there = processes
    monkeypatch.setattr(postgres_signals, "GOODBYE_SECONDS", LIMIT_SECONDS)
    leaving = SqlDatabase.connect(new_postgres)
    signals = leaving.signals_over(LocalSignals())
    assert isinstance(signals, PostgresSignals)
    await signals.start()
    signals.send("first")
    await asyncio.sleep(0.005)  # while it pauses between two transactions
    with there.subscribe(WORK) as subscription:
        signals.send(WORK)
        await leaving.dispose()
        assert await is_woken(subscription)


async def test_sqlite_needs_no_more_than_the_process_itself(sqlite: SqlDatabase) -> None:
    local = LocalSignals()
    assert sqlite.signals_over(local) is local
