"""The databases that are measured: new ones, migrated, and gone afterwards."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from adapters.sql.database import SqlDatabase
from adapters.sql.migrate import migrate
from tests.support.postgres import MISSING, create_database, drop_database, find_source

SQLITE, POSTGRES = "SQLite", "Postgres"
BOTH = (SQLITE, POSTGRES)
SLOWEST_SECONDS = 600.0


@contextmanager
def postgres_server(wanted: bool) -> Iterator[str]:
    """The URL of a server, which runs as long as this is held; empty when none is wanted."""
    if not wanted:
        yield ""
        return
    source = find_source()
    if source is None:
        raise SystemExit(MISSING)
    with source.running() as url:
        yield url


@asynccontextmanager
async def new_url(kind: str, server: str) -> AsyncIterator[str]:
    """The URL of an empty database."""
    if kind == POSTGRES:
        url = await create_database(server)
        yield url
        await drop_database(server, url)
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'parley.db'}"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlDatabase]:
    """No statement is too slow for a bench."""
    database = SqlDatabase.connect(url, statement_seconds=SLOWEST_SECONDS, wait_seconds=SLOWEST_SECONDS)
    try:
        await migrate(database)
        yield database
    finally:
        await database.dispose()
