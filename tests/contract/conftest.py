"""One suite a port, over every adapter: what a docstring in application/ports promises is asked of all of them."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.databases import Database, open_database
from tests.support.postgres import create_database, drop_database, empty_database


async def _migrate(url: str) -> None:
    database = await open_database(url)
    await database.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "parley.db"
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> Iterator[str]:
    """A database to empty again and again."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        url = runner.run(create_database(postgres_url))
        runner.run(_migrate(url))
        yield url
        runner.run(drop_database(postgres_url, url))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each database as a process has it; "shared memory" stands in for one that several processes share."""
    if request.param in ("memory", "shared memory"):
        return "memory://" if request.param == "memory" else "memory://shared"
    if request.param == "postgres":
        return str(request.getfixturevalue("migrated_postgres"))
    copy = tmp_path / "parley.db"
    shutil.copy(request.getfixturevalue("migrated_sqlite"), copy)
    return f"sqlite:///{copy}"


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database of each kind; every test leaves no transaction open."""
    if migrated_url.startswith("postgresql:"):
        await empty_database(migrated_url)
    database = await open_database(migrated_url)
    yield database
    assert database.checked_out == 0
    await database.dispose()
