"""Clients that exist only as npm packages. Where node is not there, pytest's header says that they were not tested."""

from collections.abc import AsyncIterator

import pytest

from tests.support import node
from tests.support.app import Parley, parley
from tests.support.provider import ScriptedProvider

collect_ignore_glob = ["test_npm_*.py"] if node.missing() else []


@pytest.fixture(scope="session")
def packages() -> None:
    node.install()


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as running:
        yield running


@pytest.fixture
async def app(provider: ScriptedProvider) -> AsyncIterator[Parley]:
    async with parley(openai_base_url=provider.url, model="openai:plain", provider_attempts=1) as running:
        yield running
