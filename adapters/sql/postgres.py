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
from adapters.sql.columns import Id, UtcDateTime, Words
from adapters.sql.errors import translated, translated_commit
from adapters.sql.postgres_log import PostgresGroupCommit
from adapters.sql.session import Session
from application.ports.run_log import LogEntry
from domain.run import RunId

T = TypeVar("T")

GOODBYE_SECONDS = 1.0
SCHEMA_LOCK = 0x7061726C6579  # "parley"

# One round trip: the unique index decides whether anything at all is inserted, and the rest follows from that.
INSERT_TURN = sa.text(
    """
    WITH opened AS (
        INSERT INTO runs (owner, kind, conversation_id, question_id, answer_id, model,
            status, fence, attempts, created_at)
        SELECT owner, 'reply', id, nextval('messages_id_seq'), nextval('messages_id_seq'), :model,
            'running', 1, 1, :asked_at FROM conversations WHERE id = :conversation_id AND owner = :owner
        ON CONFLICT (conversation_id) WHERE status IN ('running', 'waiting') DO NOTHING
        RETURNING id AS run_id, question_id, answer_id
    ), said AS (
        INSERT INTO messages (id, parent_id, role, content, parts, status, run_id, conversation_id, created_at)
        SELECT question_id, :parent_id, 'user', :content, :parts, 'completed', NULL,
            :conversation_id, :asked_at FROM opened
        UNION ALL
        SELECT answer_id, question_id, 'assistant', '', '[]', 'in_progress', run_id,
            :conversation_id, :asked_at FROM opened
    ), moved AS (
        UPDATE conversations SET head_id = answer_id, updated_at = :asked_at FROM opened WHERE id = :conversation_id
    )
    SELECT run_id, question_id, answer_id FROM opened
    """
).bindparams(
    sa.bindparam("owner", type_=Words),
    sa.bindparam("conversation_id", type_=Id),
    sa.bindparam("parent_id", type_=Id),
    sa.bindparam("content", type_=Words),
    sa.bindparam("parts", type_=Words),
    sa.bindparam("model", type_=Words),
    sa.bindparam("asked_at", type_=UtcDateTime),
)


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
        return connection.execute(INSERT_TURN, turn).one_or_none()

    def contains(self, column: sa.ColumnElement[str], words: str) -> sa.ColumnElement[bool]:
        return sa.func.strpos(sa.func.lower(column), sa.func.lower(sa.bindparam(None, words, Words))) > 0


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """Says goodbye, but does not wait for long to be heard."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncpg's own signature
        if timeout is not None:  # how SQLAlchemy gives up a connection after a timeout or a cancellation
            self.terminate()
            return
        with suppress(OSError):
            await super().close(timeout=GOODBYE_SECONDS)


class PostgresBackend(Backend):
    def __init__(self, dsn: str, *, pool_size: int, wait_seconds: float, statement_seconds: float) -> None:
        self._dsn = dsn
        self._wait_seconds, self._statement_seconds = wait_seconds, statement_seconds
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
        self._group_commit = PostgresGroupCommit(self._connect)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Session]:
        async with self._checked_out(self._engine) as connection:
            yield PostgresSession(connection, writable=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        async with self._checked_out(self._looking) as connection:
            yield PostgresSession(connection, writable=False)

    async def append(self, entries: Sequence[LogEntry]) -> set[RunId]:
        return await self._group_commit.append(entries)

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
        self._group_commit.close()
        await self._engine.dispose()

    async def _connect(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=self._wait_seconds,
            command_timeout=self._statement_seconds,
            connection_class=Connection,
        )
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
