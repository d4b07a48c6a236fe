"""A Postgres that is slow, frozen, restarted or full of other people: bounded, refused in our words, and survived."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any

import asyncpg
import pytest

from adapters.sql.database import SqlDatabase
from application.ports.run_log import LogEntry
from domain.conversation import Conversation
from domain.errors import StorageUnavailable
from domain.run import Run, TextDelta
from tests.support.builders import (
    ALICE,
    ONE,
    TWO,
    add_conversation,
    ask,
    ending,
    new_conversation,
    stored_conversation,
    stored_messages,
    stored_run,
    turn,
)
from tests.support.leaping_time import LIMIT_SECONDS, PATIENCE_SECONDS, LeapingTime
from tests.support.stalling_proxy import StallingProxy, stalling_proxy

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"
OTHERS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
TERMINATE_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
async def administrator(new_postgres: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(new_postgres)
    yield connection
    await connection.close()


@pytest.fixture
async def proxy(new_postgres: str) -> AsyncIterator[StallingProxy]:
    async with stalling_proxy(new_postgres) as proxy:
        yield proxy


@pytest.fixture
async def distant(proxy: StallingProxy) -> AsyncIterator[SqlDatabase]:
    """The database by way of the proxy."""
    database = SqlDatabase.connect(proxy.url, pool_size=2, wait_seconds=LIMIT_SECONDS, statement_seconds=LIMIT_SECONDS)
    yield database
    assert database.checked_out == 0
    await LeapingTime().past_limits(database.dispose(), limits=1)  # nobody may hear the goodbye


def words(run: Run, first: int = 1) -> LogEntry:
    return LogEntry(run, first, (TextDelta("word"),))


async def refused_in_time(call: Coroutine[Any, Any, object]) -> None:
    """When no more has passed than the limit for a connection and that for a statement."""
    with pytest.raises(StorageUnavailable):
        await LeapingTime().past_limits(call)


class Drivers(list[asyncpg.Connection]):
    """Every connection that a database has opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        connect = asyncpg.connect

        async def connect_and_keep(*args: Any, **options: Any) -> asyncpg.Connection:
            connection = await connect(*args, **options)
            if "connection_class" in options:  # the database's own, not those of the fixtures
                self.append(connection)
            return connection

        monkeypatch.setattr(asyncpg, "connect", connect_and_keep)

    async def terminate(self, administrator: asyncpg.Connection) -> None:
        """End them on the server, and return when this side has been told."""
        assert await administrator.fetch(TERMINATE_OTHERS)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not all(driver.is_closed() for driver in self):  # noqa: ASYNC110  # asyncpg has no event for it
                await asyncio.sleep(0)


@pytest.fixture
def drivers(monkeypatch: pytest.MonkeyPatch) -> Drivers:
    return Drivers(monkeypatch)


async def test_connections_that_the_server_closed_are_replaced_and_nobody_notices(
    drivers: Drivers, postgres: SqlDatabase, administrator: asyncpg.Connection
) -> None:
    conversation = await add_conversation(postgres)
    run = await ask(postgres, conversation, "question")
    for number in range(1, 4):
        await asyncio.gather(*(stored_conversation(postgres, conversation.id) for _ in range(6)))
        await postgres.run_log.write([words(run, number)])
        await drivers.terminate(administrator)
    assert len(drivers) > 6
    await postgres.ping()
    await add_conversation(postgres)
    assert await postgres.run_log.write([ending(run, "answer", first=4)]) == set()


async def test_a_transaction_whose_connection_is_lost_is_refused_and_left_undone(
    drivers: Drivers, postgres: SqlDatabase, administrator: asyncpg.Connection
) -> None:
    async def lose_it() -> None:
        async with postgres.begin() as tx:
            await tx.conversations.add(new_conversation())
            await drivers.terminate(administrator)
            await tx.commit()

    with pytest.raises(StorageUnavailable, match="did not confirm"):
        await lose_it()
    assert await administrator.fetchval("SELECT count(*) FROM conversations") == 0
    await postgres.ping()


async def test_last_words_without_an_end_cost_one_refusal_a_connection(
    distant: SqlDatabase, proxy: StallingProxy, administrator: asyncpg.Connection
) -> None:
    await asyncio.gather(*(distant.ping() for _ in range(4)))
    await end_without_an_end(proxy, administrator)
    refused = 0
    for _ in range(6):
        try:
            await add_conversation(distant)
        except StorageUnavailable:
            refused += 1
    assert 1 <= refused <= 2


async def test_last_words_without_an_end_do_not_pass_for_a_fault_of_the_run(
    distant: SqlDatabase, proxy: StallingProxy, administrator: asyncpg.Connection
) -> None:
    run = await ask(distant, await add_conversation(distant), "question")
    await distant.run_log.write([words(run)])
    await end_without_an_end(proxy, administrator)
    with pytest.raises(StorageUnavailable):
        await distant.run_log.write([words(run, 2)])
    assert await distant.run_log.write([words(run, 2)]) == set()


async def test_last_words_in_the_middle_of_a_transaction_cost_no_place_in_the_pool(
    distant: SqlDatabase, proxy: StallingProxy, administrator: asyncpg.Connection
) -> None:
    for _ in range(3):
        async with distant.begin() as tx:
            await tx.conversations.add(new_conversation())
            await end_without_an_end(proxy, administrator)
        assert distant.checked_out == 0
    await asyncio.gather(*(distant.ping() for _ in range(4)))


async def end_without_an_end(proxy: StallingProxy, administrator: asyncpg.Connection) -> None:
    """Make the server say that it ends the connections, and let nobody see them end."""
    proxy.hides_the_end = True
    await administrator.fetch(TERMINATE_OTHERS)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await administrator.fetch(OTHERS):  # noqa: ASYNC110  # the server has no event for it
            await asyncio.sleep(0.01)
    for _ in range(20):  # what they said lies here already, and the proxy has only to pass it on
        await asyncio.sleep(0)


async def test_a_takeover_under_way_is_waited_for_and_then_the_old_owner_is_refused(
    postgres: SqlDatabase, administrator: asyncpg.Connection
) -> None:
    run = await ask(postgres, await add_conversation(postgres), "question")
    async with administrator.transaction():
        await administrator.execute("UPDATE runs SET fence = fence + 1")
        writing = asyncio.create_task(postgres.run_log.write([words(run)]))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await administrator.fetchval(WAITS):  # noqa: ASYNC110  # the server has no event for it
                await asyncio.sleep(0.01)
    assert await writing == {run.id}
    assert await postgres.run_log.read(run.id, after=0, limit=10) == []


Use = Callable[[SqlDatabase, Conversation, Run], Coroutine[Any, Any, object]]
USES: dict[str, Use] = {
    "ping": lambda database, conversation, run: database.ping(),
    "look": lambda database, conversation, run: stored_conversation(database, conversation.id),
    "change": lambda database, conversation, run: add_conversation(database),
    "write the log": lambda database, conversation, run: database.run_log.write([words(run)]),
    "read the log": lambda database, conversation, run: database.run_log.read(run.id, after=0, limit=10),
    "forget": lambda database, conversation, run: database.run_log.forget(older_than_seconds=60, limit=10),
    "beat": lambda database, conversation, run: database.workers.beat(ONE),
    "claim": lambda database, conversation, run: database.workers.claim(
        ONE, executing=[run.id], limit=10, lease_seconds=10
    ),
    "release": lambda database, conversation, run: database.workers.release(TWO),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
async def test_a_server_that_stops_answering_is_left_within_the_limit_and_found_again(
    distant: SqlDatabase,
    proxy: StallingProxy,
    use: Use,
) -> None:
    conversation = await add_conversation(distant)
    run = await ask(distant, conversation, "question")
    await use(distant, conversation, run)
    proxy.flowing.clear()
    await refused_in_time(use(distant, conversation, run))  # on a connection that was open
    await refused_in_time(use(distant, conversation, run))  # and on one that has to be opened
    assert distant.checked_out == 0
    proxy.flowing.set()
    await use(distant, conversation, run)


async def test_a_server_that_freezes_before_the_commit_leaves_it_uncertain(
    distant: SqlDatabase, proxy: StallingProxy
) -> None:
    async with distant.begin() as tx:
        await tx.conversations.add(new_conversation())
        proxy.flowing.clear()
        await refused_in_time(tx.commit())
        proxy.flowing.set()
    await distant.ping()


async def test_leaving_a_transaction_on_a_frozen_server_is_no_error(distant: SqlDatabase, proxy: StallingProxy) -> None:
    async with AsyncExitStack() as stack:
        tx = await stack.enter_async_context(distant.begin())
        await tx.conversations.add(new_conversation())
        proxy.flowing.clear()
        await LeapingTime().past_limits(stack.aclose(), limits=1)
    assert distant.checked_out == 0
    proxy.flowing.set()
    await distant.ping()


@pytest.mark.parametrize("frozen", [False, True])
async def test_a_cancelled_caller_gives_its_connection_back_at_once(
    distant: SqlDatabase, proxy: StallingProxy, frozen: bool
) -> None:
    conversation = await add_conversation(distant)
    entered = asyncio.Event()

    async def wait_for_the_row() -> None:
        async with distant.begin() as tx:
            entered.set()
            await tx.conversations.get(conversation.id, owner=ALICE)
            raise AssertionError("the row was held by another")

    async with distant.begin() as tx:
        await tx.conversations.get(conversation.id, owner=ALICE)  # holds the row
        waiting = asyncio.create_task(wait_for_the_row())
        await entered.wait()
        await asyncio.sleep(0.05)  # until the statement is on its way; the outcome is the same if it is not
        if frozen:
            proxy.flowing.clear()
        waiting.cancel()
        began = monotonic()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert monotonic() - began < PATIENCE_SECONDS
        assert distant.checked_out == 1
        proxy.flowing.set()
    await asyncio.gather(*(distant.ping() for _ in range(4)))


async def test_when_every_connection_is_taken_the_wait_is_bounded(postgres: SqlDatabase) -> None:
    entered = asyncio.Barrier(4)
    leave = asyncio.Event()

    async def hold() -> None:
        async with postgres.begin() as tx:
            await tx.conversations.add(new_conversation())
            await entered.wait()
            await leave.wait()

    holders = [asyncio.create_task(hold()) for _ in range(3)]
    await entered.wait()
    assert postgres.checked_out == 3
    await refused_in_time(postgres.ping())
    assert await postgres.workers.beat(ONE) == []  # a server that is busy is not dead
    leave.set()
    await asyncio.gather(*holders)
    await postgres.ping()


@pytest.mark.parametrize(
    "change",
    ["postgresql://{netloc}/no_such_database{query}", "postgresql://nobody_at_all:wrong@127.0.0.1:1/postgres"],
)
async def test_a_server_that_cannot_be_had_is_storage_unavailable(new_postgres: str, change: str) -> None:
    netloc, _, rest = new_postgres.removeprefix("postgresql://").partition("/")
    query = "?" + rest.partition("?")[2] if "?" in rest else ""
    database = SqlDatabase.connect(change.format(netloc=netloc, query=query), wait_seconds=20)
    with pytest.raises(StorageUnavailable):
        await database.ping()
    await database.dispose()


async def test_a_question_waits_for_the_turn_before_it_and_continues_from_there(postgres: SqlDatabase) -> None:
    """Who reads the head to ask holds the conversation, so a turn cannot slip in between and be left off the branch."""
    conversation = await add_conversation(postgres)

    async def look_again() -> Conversation:
        async with postgres.begin() as tx:
            return await tx.conversations.get(conversation.id, owner=ALICE)

    async with postgres.begin() as tx:
        await tx.conversations.get(conversation.id, owner=ALICE)
        later = asyncio.create_task(look_again())
        run = await tx.runs.open(turn(conversation))
        await tx.commit()
    assert (await later).head_id == run.answer_id


async def test_a_reader_does_not_wait_for_who_holds_the_conversation(postgres: SqlDatabase) -> None:
    conversation = await add_conversation(postgres)
    async with postgres.begin() as tx, asyncio.timeout(PATIENCE_SECONDS):
        await tx.conversations.get(conversation.id, owner=ALICE)
        await stored_conversation(postgres, conversation.id)
        await stored_messages(postgres, conversation.id)


async def test_an_event_log_that_was_cut_off_by_the_server_goes_on(
    postgres: SqlDatabase, administrator: asyncpg.Connection
) -> None:
    run = await ask(postgres, await add_conversation(postgres), "question")
    await postgres.run_log.write([words(run)])
    async with administrator.transaction():
        await administrator.execute("SELECT 1 FROM runs FOR UPDATE")
        await refused_in_time(postgres.run_log.write([words(run, 2)]))
    assert await postgres.run_log.write([words(run, 2)]) == set()
    assert (await stored_run(postgres, run.id)).last_event == 2
