"""One suite a port, over every adapter: what a docstring in application/ports promises is asked of all of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.databases import Database, migrated, open_database
from tests.support.postgres import empty_database


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each database as a process has it; "shared memory" stands in for one that several processes share."""
    return migrated(request.param, request, tmp_path)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database of each kind; every test leaves no transaction open."""
    if migrated_url.startswith("postgresql:"):
        await empty_database(migrated_url)
    database = await open_database(migrated_url)
    yield database
    assert database.checked_out == 0
    await database.dispose()
