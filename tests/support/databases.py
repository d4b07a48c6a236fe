"""What the tests ask of any of Parley's databases, and how they open one."""

import shutil
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, cast

import pytest
import sqlalchemy as sa

from adapters.memory.database import MemoryDatabase, wall_clock
from adapters.sql.database import SqlDatabase
from adapters.sql.migrate import migrate
from adapters.sql.tables import idempotency_keys
from application.ports.run_log import RunLog
from application.ports.storage import ReadTransaction, Transaction
from application.ports.workers import Workers
from domain.usage import EVERYBODY, LedgerEntry

SHARED = ["shared memory", "postgres"]
"""The databases that the workers of several processes share, by the names that tests/contract has for them."""
ALONE = ["memory", "sqlite"]
"""Those that one process has to itself."""


EVERY_DATABASE = pytest.mark.parametrize("storage_url", ["memory", "sqlite", "postgres"], indirect=True)
"""For tests of an application over the fixture `storage`."""


class Database(Protocol):
    """The part of MemoryDatabase and SqlDatabase that is the same."""

    @property
    def run_log(self) -> RunLog: ...

    @property
    def workers(self) -> Workers: ...

    @property
    def checked_out(self) -> int: ...

    def begin(self) -> AbstractAsyncContextManager[Transaction]: ...

    def read(self) -> AbstractAsyncContextManager[ReadTransaction]: ...

    async def ping(self) -> None: ...

    def describe(self) -> str: ...

    async def dispose(self) -> None: ...


def migrated(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a migrated database: memory, shared memory, sqlite, or postgres, which is to be emptied."""
    if kind in ("memory", "shared memory"):
        return "memory://" if kind == "memory" else "memory://shared"
    if kind == "postgres":
        return str(request.getfixturevalue("migrated_postgres"))
    shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "parley.db")
    return f"sqlite:///{folder / 'parley.db'}"


async def open_database(url: str) -> Database:
    """The database at `url`, migrated. Dispose of it afterwards. One in memory is alone or shared as the URL says."""
    if url.startswith("memory:"):
        return MemoryDatabase(alone=url != "memory://shared")
    database = SqlDatabase.connect(url)
    await migrate(database)
    return database


async def date_keys_back(database: Database, seconds: float) -> None:
    """As if every idempotency key had been used for the first time so long ago."""
    if isinstance(database, MemoryDatabase):
        first_used = wall_clock() - timedelta(seconds=seconds)
        for name, kept in database.tables.keys.items():
            database.tables.keys[name] = replace(kept, first_used=first_used)
        return
    update = sa.update(idempotency_keys).values(created_at=datetime.now(UTC) - timedelta(seconds=seconds))
    async with cast(SqlDatabase, database).backend.begin() as session:
        await session.run(lambda connection: connection.execute(update), slow=True)
        await session.commit()


async def ledger(database: Database) -> list[LedgerEntry]:
    """What was spent, oldest first."""
    ever = {"since": datetime.min.replace(tzinfo=UTC), "before": datetime.max.replace(tzinfo=UTC)}
    async with database.read() as tx:
        return (await tx.ledger.page(EVERYBODY, **ever, below=None, limit=1_000_000))[::-1]
