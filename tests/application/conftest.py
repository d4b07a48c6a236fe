"""A process over the memory adapter and a scripted model."""

from collections.abc import AsyncIterator

import pytest

from tests.support.core import Core, running


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    async with running(Core()) as core:
        yield core


@pytest.fixture
async def full() -> AsyncIterator[Core]:
    """A process that executes one run at a time."""
    async with running(Core(most_runs=1)) as core:
        yield core
