"""SQLite or Postgres, as the use cases see them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa

from adapters.sql.backend import Backend
from adapters.sql.blob_store import SqlBlobStore
from adapters.sql.own_limits import SqlOwnLimits
from adapters.sql.postgres import PostgresBackend
from adapters.sql.room import Room
from adapters.sql.run_log import SqlRunLog
from adapters.sql.sqlite import SqliteBackend
from adapters.sql.transaction import SqlReadTransaction, SqlTransaction
from adapters.sql.vector_cache import VectorCache
from adapters.sql.workers import SqlWorkers
from application.ports.blobs import BlobStore
from application.ports.limit_counters import LimitCounters
from application.ports.own_limits import OwnLimits
from application.ports.run_log import RunLog
from application.ports.signals import Signals
from application.ports.storage import ReadTransaction, Transaction
from application.ports.workers import Workers

POSTGRES = re.compile(r"^postgres(ql)?(\+\w+)?://")
SQLITE = re.compile(r"^sqlite(\+\w+)?://")
VECTOR_CACHE_BYTES = 512 * 1024 * 1024


class SqlDatabase:
    def __init__(self, backend: Backend, *, vector_cache_bytes: int = VECTOR_CACHE_BYTES) -> None:
        self.backend = backend
        self._vectors = VectorCache(vector_cache_bytes)
        self._room = Room()
        self.run_log: RunLog = SqlRunLog(backend)
        self.blobs: BlobStore = SqlBlobStore(backend)
        self.workers: Workers = SqlWorkers(backend)
        self.own_limits: OwnLimits = SqlOwnLimits(backend)

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        pool_size: int = 10,
        wait_seconds: float = 5.0,
        statement_seconds: float = 4.0,
        vector_cache_bytes: int = VECTOR_CACHE_BYTES,
    ) -> "SqlDatabase":
        """The database at `url`; nothing is opened yet. Raise ValueError for a URL of another kind.

        Nobody waits longer than `wait_seconds` for a connection, and `statement_seconds` for a statement; then
        StorageUnavailable is raised. On Postgres one connection more than `pool_size` writes the event log and beats.
        Vectors that pgvector does not hold are searched in memory up to `vector_cache_bytes`, else by reading them.
        """
        limits = {"wait_seconds": wait_seconds, "statement_seconds": statement_seconds}
        cache = {"vector_cache_bytes": vector_cache_bytes}
        if POSTGRES.match(url):
            return cls(PostgresBackend(POSTGRES.sub("postgresql://", url), pool_size=pool_size, **limits), **cache)
        path = sa.make_url(url).database if SQLITE.match(url) else None
        if not path or path == ":memory:":
            raise ValueError("The database URL must be sqlite:///path/of/a/file or postgresql://user@host/name")
        return cls(SqliteBackend(path, **limits), **cache)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """As the port's BeginTransaction."""
        with self._room.noticed():
            async with self.backend.begin() as session:
                yield SqlTransaction(session, self._vectors)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTransaction]:
        """As the port's BeginRead."""
        async with self.backend.read() as session:
            yield SqlReadTransaction(session, self._vectors)

    def signals_over(self, local: Signals) -> Signals:
        """Signals to every process that shares the database, by way of `local` within this one.

        On Postgres they take one connection more, opened when somebody subscribes and closed by `dispose`.
        """
        return self.backend.signals_over(local)

    def limit_counters(self, holder: str) -> LimitCounters | None:
        """Counters that all processes share which share the database, one connection more for each; close them first.

        None if the database belongs to one process alone. `holder` is this process among them.
        """
        return self.backend.limit_counters(holder)

    async def ping(self) -> None:
        """Raise StorageUnavailable unless the database answers and, as far as is known, has room."""
        async with self.backend.read() as session:
            await session.run(lambda connection: connection.execute(sa.select(1)).scalar_one(), slow=False)
        self._room.check()

    def claim(self) -> None:
        """To be called by who serves. Raise DatabaseInUse when another process serves from the same SQLite file."""
        self.backend.claim()

    @property
    def checked_out(self) -> int:
        """How many transactions are open."""
        return self.backend.checked_out

    def describe(self) -> str:
        """What an operator calls it, without its password. The version of a Postgres is known once it has answered."""
        return self.backend.describe()

    async def dispose(self) -> None:
        """Close every connection."""
        await self.backend.dispose()
