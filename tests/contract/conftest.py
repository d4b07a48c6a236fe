"""One suite a port, over every adapter: what a docstring in application/ports promises is asked of all of them."""

from collections.abc import AsyncIterator

import pytest

from tests.support.databases import Database, open_database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database of each kind; every test leaves no transaction open."""
    database = await open_database(database_url)
    yield database
    assert database.checked_out == 0
    await database.dispose()
