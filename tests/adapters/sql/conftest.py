"""SQLite and Postgres, for what the shared suite cannot ask."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sql.database import SqlDatabase
from adapters.sql.migrate import migrate


@pytest.fixture(params=["sqlite", "postgres"])
def sql_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, not migrated."""
    if request.param == "postgres":
        return str(request.getfixturevalue("fresh_postgres"))
    return f"sqlite:///{tmp_path / 'parley.db'}"


@pytest.fixture
async def sql(sql_url: str) -> AsyncIterator[SqlDatabase]:
    """A migrated, empty database of each kind, whose time limits are short."""
    database = SqlDatabase.connect(sql_url, pool_size=3, wait_seconds=2, statement_seconds=2)
    await migrate(database)
    yield database
    assert database.checked_out == 0
    await database.dispose()


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "parley.db"


@pytest.fixture
async def sqlite(sqlite_path: Path) -> AsyncIterator[SqlDatabase]:
    database = SqlDatabase.connect(f"sqlite:///{sqlite_path}", wait_seconds=0.3, statement_seconds=0.3)
    await migrate(database)
    yield database
    assert database.checked_out == 0
    await database.dispose()


@pytest.fixture
async def postgres(fresh_postgres: str) -> AsyncIterator[SqlDatabase]:
    database = SqlDatabase.connect(fresh_postgres, pool_size=3, wait_seconds=1, statement_seconds=1)
    await migrate(database)
    yield database
    assert database.checked_out == 0
    await database.dispose()
