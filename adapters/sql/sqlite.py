"""What SQLite does its own way: one process, one writer at a time, and statements that run on the event loop.

A statement that finds its few rows by their keys takes ten microseconds in the page cache. Handing it to a thread
costs several times that, and far more under load, when the thread has to wait for the interpreter's lock. So only what
may wait for the disk leaves the event loop: opening, committing, and statements that may touch many rows.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import sqlalchemy as sa

from adapters.sql.backend import Backend
from adapters.sql.columns import Words
from adapters.sql.errors import translated, translated_commit
from adapters.sql.session import Session
from adapters.sql.sqlite_connections import SqliteConnections
from adapters.sql.sqlite_files import change_schema, claim
from adapters.sql.sqlite_statements import append, beat, insert_turn, message_ids
from application.ports.run_log import LogEntry
from application.ports.signals import Signals
from domain.errors import StorageUnavailable
from domain.idempotency import IdempotencyKey
from domain.run import RunId, WorkerId

T = TypeVar("T")


class SqliteReading(Session):
    writable = False

    def __init__(self, connections: SqliteConnections) -> None:
        self._connections = connections

    async def run(self, work: Callable[[sa.Connection], T], *, slow: bool) -> T:
        connections = self._connections
        with translated:
            if slow:
                return await connections.look(work)
            return await connections.patiently(lambda: work(connections.reader))

    async def commit(self) -> None:
        raise RuntimeError("There is nothing to commit in a transaction that is for looking only")

    def insert_turn(self, connection: sa.Connection, turn: dict[str, Any]) -> sa.Row[Any] | None:
        return insert_turn(connection, turn)

    def message_ids(self, connection: sa.Connection, count: int) -> list[int]:
        return message_ids(connection, count)

    def hold_key(self, connection: sa.Connection, key: IdempotencyKey) -> None:
        """Whoever writes has the whole database in hand."""

    def contains(self, column: sa.ColumnElement[str], words: str) -> sa.ColumnElement[bool]:
        lower = sa.func.lower if words.isascii() else sa.func.unicode_lower  # SQLite's own is fast and knows ASCII only
        return sa.func.instr(lower(column), sa.bindparam(None, words.lower(), Words)) > 0


class SqliteWriting(SqliteReading):
    writable = True

    async def run(self, work: Callable[[sa.Connection], T], *, slow: bool) -> T:
        connections = self._connections
        self._check()
        with translated:
            if slow:
                return await connections.in_thread(lambda: work(connections.writer))
            return work(connections.writer)

    async def commit(self) -> None:
        self._check()
        with translated_commit:
            await self._connections.in_thread(self._connections.driver.commit)

    def _check(self) -> None:
        """SQLite ends a transaction by itself when the disk is full or fails: what was done in it is gone."""
        if not self._connections.driver.in_transaction:
            raise StorageUnavailable("The transaction has ended already; nothing more was changed")


class SqliteBackend(Backend):
    alone = True

    def __init__(self, path: str, *, wait_seconds: float, statement_seconds: float) -> None:
        self._path, self._wait_seconds = path, wait_seconds
        self._connections = SqliteConnections(path, wait_seconds=wait_seconds, statement_seconds=statement_seconds)
        self._turn_to_write = asyncio.Lock()
        self._claim: sqlite3.Connection | None = None
        self._sessions = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Session]:
        with translated:
            async with asyncio.timeout(self._wait_seconds):
                await self._turn_to_write.acquire()
        self._sessions += 1
        try:
            with translated:
                await self._connections.open()
                await self._connections.patiently(self._connections.begin)
            try:
                yield SqliteWriting(self._connections)
            finally:
                self._connections.driver.rollback()
        finally:
            self._sessions -= 1
            self._turn_to_write.release()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        with translated:
            await self._connections.open()
        self._sessions += 1
        try:
            yield SqliteReading(self._connections)
        finally:
            self._sessions -= 1

    async def append(self, entries: Sequence[LogEntry]) -> set[RunId]:
        async with self.begin() as session:
            accepted = await session.run(lambda connection: append(connection, entries), slow=False)
            await session.commit()
        return accepted

    async def beat(self, worker: WorkerId) -> list[RunId]:
        async with self.begin() as session:
            cancelled = await session.run(lambda connection: beat(connection, worker), slow=False)
            await session.commit()
        return cancelled

    def signals_over(self, local: Signals) -> Signals:
        return local

    def limit_counters(self, holder: str) -> None:
        """One process has the database to itself, and counts in its own memory."""

    async def change_schema(self, work: Callable[[sa.Connection], None]) -> None:
        with translated:
            await self._connections.in_thread(lambda: change_schema(self._path, work))

    def claim(self) -> None:
        if self._claim is None:
            with translated:
                self._claim = claim(self._path)

    @property
    def checked_out(self) -> int:
        return self._sessions

    def describe(self) -> str:
        return f"SQLite {self._path}"

    async def dispose(self) -> None:
        await self._connections.close()
        if self._claim:
            self._claim.close()
