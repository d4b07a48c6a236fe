"""SQLite and Postgres, for what the shared suite cannot ask."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.sql.database import SqlDatabase
from tests.support.leaping_time import LIMIT_SECONDS


@pytest.fixture(params=["sqlite", "postgres"])
def sql_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, not migrated."""
    if request.param == "postgres":
        return str(request.getfixturevalue("fresh_postgres"))
    return f"sqlite:///{tmp_path / 'parley.db'}"


async def connected(url: str, **limits: Any) -> AsyncIterator[SqlDatabase]:
    """The database with limits that nobody meets on a busy machine."""
    database = SqlDatabase.connect(url, **{"wait_seconds": LIMIT_SECONDS, "statement_seconds": LIMIT_SECONDS, **limits})
    yield database
    assert database.checked_out == 0
    await database.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("new_postgres"))
    return f"sqlite:///{request.getfixturevalue('sqlite_path')}"


@pytest.fixture
async def sql(migrated_url: str) -> AsyncIterator[SqlDatabase]:
    async for database in connected(migrated_url, pool_size=3):
        yield database


@pytest.fixture
def sqlite_path(migrated_sqlite: Path, tmp_path: Path) -> Path:
    """A migrated, empty database of one's own."""
    return Path(shutil.copy(migrated_sqlite, tmp_path / "parley.db"))


@pytest.fixture
async def sqlite(sqlite_path: Path) -> AsyncIterator[SqlDatabase]:
    async for database in connected(f"sqlite:///{sqlite_path}"):
        yield database


@pytest.fixture
async def postgres(new_postgres: str) -> AsyncIterator[SqlDatabase]:
    async for database in connected(new_postgres, pool_size=3):
        yield database
