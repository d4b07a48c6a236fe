"""The application over the demo model, in memory if not told else; what needs more starts its own."""

from collections.abc import AsyncIterator

import pytest

from tests.support.app import Parley, parley


@pytest.fixture
async def app(storage: str) -> AsyncIterator[Parley]:
    async with parley(database_url=storage) as running:
        yield running
