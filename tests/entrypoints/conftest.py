"""The application over memory and the demo model; what needs more starts its own."""

from collections.abc import AsyncIterator

import pytest

from tests.support.app import Parley, parley


@pytest.fixture
async def app() -> AsyncIterator[Parley]:
    async with parley() as running:
        yield running
