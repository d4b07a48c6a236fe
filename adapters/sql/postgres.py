"""What Postgres does its own way. It has to work on every Postgres from 15 on, without extensions."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, QueuePool

from adapters.sql.backend import Backend
from adapters.sql.columns import Words
from adapters.sql.errors import translated, translated_commit
from adapters.sql.postgres_connection import Connection, OwnConnection
from adapters.sql.postgres_limits import PostgresLimitCounters
from adapters.sql.postgres_log import append
from adapters.sql.postgres_signals import PostgresSignals
from adapters.sql.postgres_statements import BEAT, HOLD_KEY, insert_turn, message_ids
from adapters.sql.session import Session
from application.ports.limit_counters import LimitCounters
from application.ports.run_log import LogEntry
from application.ports.signals import Signals
from domain.idempotency import IdempotencyKey
from domain.run import RunId, WorkerId

T = TypeVar("T")

SCHEMA_LOCK = 0x7061726C6579  # "parley"


class PostgresSession(Session):
    def __init__(self, connection: AsyncConnection, *, writable: bool) -> None:
        self._connection = connection
        self.writable = writable

    async def run(self, work: Callable[[sa.Connection], T], *, slow: bool) -> T:
        with translated:
            return await self._connection.run_sync(work)

    async def commit(self) -> None:
        with translated_commit:
            await self._connection.commit()

    def insert_turn(self, connection: sa.Connection, turn: dict[str, Any]) -> sa.Row[Any] | None:
        return insert_turn(connection, turn)

    def message_ids(self, connection: sa.Connection, count: int) -> list[int]:
        return message_ids(connection, count)

    def hold_key(self, connection: sa.Connection, key: IdempotencyKey) -> None:
        connection.execute(HOLD_KEY, {"owner": key.owner, "key": key.key})

    def contains(self, column: sa.ColumnElement[str], words: str) -> sa.ColumnElement[bool]:
        return sa.func.strpos(sa.func.lower(column), sa.func.lower(sa.bindparam(None, words, Words))) > 0


class PostgresBackend(Backend):
    alone = False

    def __init__(self, dsn: str, *, pool_size: int, wait_seconds: float, statement_seconds: float) -> None:
        self._dsn = dsn
        self._wait_seconds, self._statement_seconds = wait_seconds, statement_seconds
        self._idle_milliseconds = int(1000 * (wait_seconds + statement_seconds))
        self._version = ""
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=wait_seconds,
        )
        self._looking = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        sa.event.listen(self._engine.sync_engine, "checkout", _replace_if_closed)
        self._vital = OwnConnection(self._connect)
        self._signals: PostgresSignals | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Session]:
        async with self._checked_out(self._engine) as connection:
            yield PostgresSession(connection, writable=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        async with self._checked_out(self._looking) as connection:
            yield PostgresSession(connection, writable=False)

    async def append(self, entries: Sequence[LogEntry]) -> set[RunId]:
        return await append(self._vital, entries)

    async def beat(self, worker: WorkerId) -> list[RunId]:
        return [row[0] for row in await self._vital.fetch(BEAT, worker)]

    def signals_over(self, local: Signals) -> Signals:
        self._signals = PostgresSignals(local, self._connect)
        return self._signals

    def limit_counters(self, holder: str) -> LimitCounters:
        return PostgresLimitCounters(self._connect, holder)

    async def change_schema(self, work: Callable[[sa.Connection], None]) -> None:
        unhurried = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda: asyncpg.connect(self._dsn, timeout=self._wait_seconds),
            poolclass=NullPool,
        )
        with translated:
            async with unhurried.begin() as connection:
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SCHEMA_LOCK)))
                await connection.run_sync(work)

    def claim(self) -> None:
        """Postgres bears any number of processes."""

    @property
    def checked_out(self) -> int:
        pool = self._engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    def describe(self) -> str:
        url = sa.make_url(self._dsn)
        place = url.host or url.query.get("host") or "localhost"
        return f"Postgres{self._version and ' '}{self._version} at {place}/{url.database}"

    async def dispose(self) -> None:
        if self._signals:
            await self._signals.aclose()
        self._vital.close()
        await self._engine.dispose()

    async def _connect(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=self._wait_seconds,
            command_timeout=self._statement_seconds,
            connection_class=Connection,
        )
        try:
            # So that what a frozen process holds is soon free. Not a startup parameter: PgBouncer refuses those.
            await connection.execute(f"SET idle_in_transaction_session_timeout = {self._idle_milliseconds}")
        except BaseException:
            connection.terminate()
            raise
        self._version = connection.get_settings().server_version.split()[0]
        return connection

    @asynccontextmanager
    async def _checked_out(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        connection = engine.connect()
        with translated:
            async with asyncio.timeout(self._wait_seconds):
                await connection.start()
        try:
            yield connection
        finally:
            with suppress(OSError, DBAPIError):  # a server that does not hear of the rollback does it by itself
                await connection.__aexit__(None, None, None)  # unlike close(), goes on to the end when cancelled


def _replace_if_closed(connection: Any, record: Any, proxy: Any) -> None:
    """Notice without asking the server that it has closed the connection, so that the pool opens another."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError
