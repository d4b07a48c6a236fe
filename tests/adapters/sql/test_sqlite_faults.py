"""A SQLite file on a full disk, in use by others, or cut off in the middle."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.sql.database import SqlDatabase
from adapters.sql.errors import DatabaseInUse
from adapters.sql.sqlite import SqliteBackend
from application.ports.run_log import LogEntry
from application.ports.storage import ConversationFilter
from domain.errors import StorageFull, StorageUnavailable
from domain.run import RunId, TextDelta
from tests.support.builders import (
    ALICE,
    add_conversation,
    ask,
    ending,
    exchange,
    new_conversation,
    stored_conversation,
    stored_messages,
    stored_run,
)
from tests.support.leaping_time import LIMIT_SECONDS, PATIENCE_SECONDS, LeapingTime

LONG = "x" * 200_000
CLAIM = """
import sys
from adapters.sql.database import SqlDatabase
from adapters.sql.errors import DatabaseInUse
try:
    SqlDatabase.connect(sys.argv[1]).claim()
except DatabaseInUse as error:
    sys.exit(str(error))
print("claimed", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def outsider(sqlite: SqlDatabase, sqlite_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process's connection to the same file."""
    with closing(sqlite3.connect(sqlite_path, isolation_level=None, timeout=0)) as connection:
        yield connection


@pytest.fixture
async def nearly_full(sqlite: SqlDatabase) -> AsyncIterator[SqlDatabase]:
    """A database that may grow by a few pages only."""
    await add_conversation(sqlite)
    driver = backend(sqlite)._connections.driver
    (pages,) = driver.execute("PRAGMA page_count").fetchone()
    driver.execute(f"PRAGMA max_page_count={pages + 4}")
    yield sqlite
    driver.execute("PRAGMA max_page_count=1000000")
    await add_conversation(sqlite, LONG)


def backend(database: SqlDatabase) -> SqliteBackend:
    assert isinstance(database.backend, SqliteBackend)
    return database.backend


async def refused_in_time(call: Coroutine[Any, Any, object]) -> None:
    """When the limit for a turn to write has passed."""
    with pytest.raises(StorageUnavailable):
        await LeapingTime().past_limits(call, limits=1)


async def conversations(database: SqlDatabase) -> list[str]:
    async with database.read() as tx:
        page = await tx.conversations.page(owner=ALICE, filter=ConversationFilter(), before=None, limit=100)
    return [conversation.title for conversation in page]


async def test_a_full_disk_refuses_the_change_and_reads_go_on(nearly_full: SqlDatabase) -> None:
    for _ in range(3):
        with pytest.raises(StorageFull, match="no room left"):
            await add_conversation(nearly_full, LONG)
    assert await conversations(nearly_full) == ["A title"]


async def test_a_full_disk_is_noticed_by_the_event_log_which_goes_on_when_there_is_room(
    nearly_full: SqlDatabase,
) -> None:
    run = await ask(nearly_full, await add_conversation(nearly_full), "q")
    too_long = LogEntry(run, 1, (TextDelta(LONG),))
    with pytest.raises(StorageFull):
        await nearly_full.run_log.write([too_long])
    with pytest.raises(StorageFull):
        await nearly_full.run_log.write([ending(run, LONG)])
    assert (await stored_run(nearly_full, run.id)).last_event == 0
    backend(nearly_full)._connections.driver.execute("PRAGMA max_page_count=1000000")
    assert await nearly_full.run_log.write([too_long]) == set()


async def test_what_a_full_disk_has_undone_cannot_be_committed(nearly_full: SqlDatabase) -> None:
    async def swallow_it_and_commit() -> None:
        async with nearly_full.begin() as tx:
            await tx.conversations.add(new_conversation("first"))
            with suppress(StorageFull):
                await tx.conversations.add(new_conversation(LONG))
            backend(nearly_full)._connections.driver.rollback()  # as SQLite does by itself for some causes
            await tx.commit()

    with pytest.raises(StorageUnavailable):
        await swallow_it_and_commit()
    assert await conversations(nearly_full) == ["A title"]


async def test_a_commit_that_fails_is_refused_and_leaves_nothing(sqlite: SqlDatabase) -> None:
    """A foreign key that is checked only at the commit stands for whatever may fail there."""

    def break_it(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.exec_driver_sql("INSERT INTO run_events (run_id, first, last, events) VALUES (999, 1, 1, '[]')")

    async def break_it_and_commit() -> None:
        async with backend(sqlite).begin() as session:
            await session.run(break_it, slow=False)
            await session.commit()

    with pytest.raises(sqlite3.IntegrityError):
        await break_it_and_commit()
    assert await sqlite.run_log.read(RunId(999), after=0, limit=1) == []
    await add_conversation(sqlite)


async def test_another_writer_is_waited_for(sqlite: SqlDatabase, outsider: sqlite3.Connection) -> None:
    outsider.execute("BEGIN IMMEDIATE")
    adding = asyncio.create_task(add_conversation(sqlite, "patient"))
    await asyncio.sleep(0.1)
    assert not adding.done()
    assert await conversations(sqlite) == []
    outsider.execute("COMMIT")
    await adding
    assert await conversations(sqlite) == ["patient"]


async def test_another_writer_is_not_waited_for_too_long_and_never_in_the_way_of_readers(
    sqlite: SqlDatabase, outsider: sqlite3.Connection
) -> None:
    kept = await add_conversation(sqlite)
    run = await ask(sqlite, kept, "question")
    outsider.execute("BEGIN EXCLUSIVE")
    await refused_in_time(add_conversation(sqlite))
    await refused_in_time(sqlite.run_log.write([ending(run, "answer")]))
    assert await stored_conversation(sqlite, kept.id)
    assert [message.text for message in await stored_messages(sqlite, kept.id)] == ["question", ""]
    outsider.execute("ROLLBACK")
    assert await sqlite.run_log.write([ending(run, "answer")]) == set()


async def test_waiting_for_our_own_writer_is_bounded_too(sqlite: SqlDatabase) -> None:
    async with sqlite.begin():
        await refused_in_time(add_conversation(sqlite))
    await add_conversation(sqlite)


async def test_the_event_loop_goes_on_while_another_process_writes(
    sqlite: SqlDatabase, outsider: sqlite3.Connection
) -> None:
    outsider.execute("BEGIN IMMEDIATE")
    adding = asyncio.create_task(add_conversation(sqlite))
    began = monotonic()
    for _ in range(20):
        await asyncio.sleep(0.005)
    assert monotonic() - began < PATIENCE_SECONDS
    assert not adding.done()
    outsider.execute("ROLLBACK")
    await adding


async def test_a_cancelled_transaction_gives_its_turn_back(sqlite: SqlDatabase) -> None:
    inside = asyncio.Event()

    async def hold() -> None:
        async with sqlite.begin() as tx:
            await tx.conversations.add(new_conversation("forgotten"))
            inside.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await inside.wait()
    waiting = asyncio.create_task(add_conversation(sqlite, "never begun"))
    await asyncio.sleep(0)
    waiting.cancel()
    holding.cancel()
    await asyncio.gather(holding, waiting, return_exceptions=True)
    assert sqlite.checked_out == 0
    await add_conversation(sqlite, "kept")
    assert await conversations(sqlite) == ["kept"]


async def test_a_commit_goes_on_to_the_end_when_its_caller_is_cancelled_again_and_again(sqlite: SqlDatabase) -> None:
    adding = asyncio.create_task(add_conversation(sqlite, "kept"))
    while not adding.done():
        adding.cancel()
        await asyncio.sleep(0)
    assert sqlite.checked_out == 0
    await add_conversation(sqlite, "after")
    assert (await conversations(sqlite))[0] == "after"


async def test_what_was_handed_to_a_thread_is_done_before_its_cancelled_caller_goes_on(sqlite: SqlDatabase) -> None:
    begun, go_on, done = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(PATIENCE_SECONDS)
        done.set()

    task = asyncio.create_task(backend(sqlite)._connections.in_thread(work))
    await begun.wait()
    for _ in range(5):
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()


async def test_a_long_look_is_bounded_and_in_nobodys_way(sqlite_path: Path) -> None:
    endless = sa.text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
    added = threading.Event()

    async def look() -> None:
        def wait_and_look(connection: sa.Connection) -> None:
            added.wait(PATIENCE_SECONDS)
            connection.execute(endless)

        async with backend(database).read() as session:
            await session.run(wait_and_look, slow=True)

    database = SqlDatabase.connect(f"sqlite:///{sqlite_path}", wait_seconds=LIMIT_SECONDS, statement_seconds=0.05)
    looks = [asyncio.create_task(look()) for _ in range(2)]
    kept = await add_conversation(database)
    assert not any(look.done() for look in looks)
    added.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        for outcome in await asyncio.gather(*looks, return_exceptions=True):
            assert isinstance(outcome, StorageUnavailable)
    assert (await stored_conversation(database, kept.id)).title == "A title"
    await database.dispose()


async def test_durable_means_synchronous_full_in_write_ahead_mode_with_foreign_keys(sqlite: SqlDatabase) -> None:
    await add_conversation(sqlite)
    driver = backend(sqlite)._connections.driver
    pragmas = {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert driver.execute("PRAGMA foreign_keys").fetchone() == (1,)


async def test_looking_cannot_change_anything_even_behind_the_repositories(sqlite: SqlDatabase) -> None:
    await add_conversation(sqlite)
    async with backend(sqlite).read() as session:
        with pytest.raises(StorageUnavailable):  # SQLite's "attempt to write a readonly database"
            await session.run(lambda connection: connection.execute(sa.text("DELETE FROM conversations")), slow=False)
    assert await conversations(sqlite) == ["A title"]


def test_a_second_process_on_the_same_file_is_refused_with_a_sentence_until_the_first_is_gone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'parley.db'}"
    command = [sys.executable, "-c", CLAIM, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        assert first.stdout.readline() == "claimed\n"
        second = subprocess.run(command, input="", capture_output=True, text=True, timeout=60)
        assert second.returncode == 1
        assert "Another process serves from" in second.stderr
        first.kill()
    third = subprocess.run(command, input="", capture_output=True, text=True, timeout=60)
    assert third.stdout == "claimed\n"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["parley.db.lock"]


async def test_a_claim_ends_with_the_database_that_made_it_and_may_be_repeated(sqlite_path: Path) -> None:
    url = f"sqlite:///{sqlite_path}"
    first, second = SqlDatabase.connect(url), SqlDatabase.connect(url)
    first.claim()
    first.claim()
    with pytest.raises(DatabaseInUse):
        second.claim()
    await first.dispose()
    second.claim()
    await second.dispose()


async def test_a_file_that_cannot_be_opened_is_storage_unavailable(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    database = SqlDatabase.connect(f"sqlite:///{tmp_path / 'folder'}")
    for _ in range(2):
        with pytest.raises(StorageUnavailable):
            await database.ping()
        with pytest.raises(StorageUnavailable):
            await add_conversation(database)
    await database.dispose()


async def test_search_in_a_long_conversation_leaves_room_for_others(sqlite: SqlDatabase) -> None:
    conversation = await add_conversation(sqlite)
    await exchange(sqlite, conversation, "ÄPFEL", "answer")
    async with sqlite.begin() as tx:  # in one's own transaction, on the connection that writes
        matching = ConversationFilter(query="äpfel")
        page = await tx.conversations.page(owner=ALICE, filter=matching, before=None, limit=1)
    assert [found.id for found in page] == [conversation.id]
