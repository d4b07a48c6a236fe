"""The connections to a SQLite file, and the threads in which those who wait for the disk wait."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

T = TypeVar("T")

SLOW_READERS = 2
BUSY_PAUSE_SECONDS = 0.02


class SqliteConnections:
    """One that writes, one that looks on the event loop, and a few for long looks in threads; opened on first use."""

    writer: sa.Connection
    reader: sa.Connection

    def __init__(self, path: str, *, wait_seconds: float, statement_seconds: float) -> None:
        self._path = Path(path)
        self._wait_seconds, self._statement_seconds = wait_seconds, statement_seconds
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=path),
            poolclass=QueuePool,
            pool_size=2 + SLOW_READERS,
            max_overflow=0,
            isolation_level="AUTOCOMMIT",  # transactions are begun and committed by hand
            connect_args={"check_same_thread": False, "timeout": wait_seconds},
        )
        sa.event.listen(self._engine, "connect", self._prepare)
        self._committing = ThreadPoolExecutor(1, "sqlite-commit")
        self._looking = ThreadPoolExecutor(SLOW_READERS, "sqlite-look")
        self._opening = asyncio.Lock()
        self._is_open = False

    @property
    def driver(self) -> sqlite3.Connection:
        """The writer without SQLAlchemy around it."""
        return driver_of(self.writer)

    async def open(self) -> None:
        """Make `writer` and `reader` usable; does nothing when they are."""
        if not self._is_open:
            async with self._opening:
                if not self._is_open:
                    self.writer, self.reader = await self.in_thread(self._open)
                    self._is_open = True

    def begin(self) -> None:
        self.driver.execute("BEGIN IMMEDIATE")

    async def patiently(self, work: Callable[[], T]) -> T:
        """Do it on the event loop, as soon as no other process (a backup, a shell) has the file locked."""
        now = asyncio.get_running_loop().time
        deadline = now() + self._wait_seconds
        while True:
            try:
                return work()
            except (sqlite3.OperationalError, OperationalError) as error:
                if not _is_busy(error) or now() > deadline:
                    raise
            await asyncio.sleep(BUSY_PAUSE_SECONDS)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do it where the disk may take its time. When cancelled, it is done nevertheless before this returns."""
        return await _finished(self._committing, work)

    async def look(self, work: Callable[[sa.Connection], T]) -> T:
        """Do it on a connection of its own, for at most the time a statement may take."""

        def bounded() -> T:
            with self._engine.connect() as connection:
                deadline = time.monotonic() + self._statement_seconds
                driver_of(connection).set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
                return work(connection)

        return await _finished(self._looking, bounded)

    async def close(self) -> None:
        if self._is_open:
            await self.in_thread(self._close)
        self._committing.shutdown()
        self._looking.shutdown()

    def _open(self) -> tuple[sa.Connection, sa.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        writer, reader = self._engine.connect(), self._engine.connect()
        for connection in (writer, reader):
            driver_of(connection).execute("PRAGMA busy_timeout=0")  # whoever waits for a lock waits in asyncio
        driver_of(reader).execute("PRAGMA query_only=ON")
        return writer, reader

    def _prepare(self, driver: sqlite3.Connection, record: Any) -> None:
        deadline = time.monotonic() + self._wait_seconds
        while driver.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                driver.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                # SQLite waits for no lock while it changes the mode, whatever the timeout of the connection
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(BUSY_PAUSE_SECONDS)
        driver.execute("PRAGMA synchronous=FULL")
        driver.execute("PRAGMA foreign_keys=ON")
        driver.create_function("unicode_lower", 1, str.lower, deterministic=True)

    def _close(self) -> None:
        self._is_open = False
        self.reader.close()
        self.writer.close()
        self._engine.dispose()


def driver_of(connection: sa.Connection) -> sqlite3.Connection:
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


def _is_busy(error: sqlite3.OperationalError | OperationalError) -> bool:
    cause = error.orig if isinstance(error, OperationalError) else error
    return isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


async def _finished(threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    future = asyncio.get_running_loop().run_in_executor(threads, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({future})
        raise
