"""The application over a scripted provider, and a page that holds its messages as `useChat` does."""

from collections.abc import AsyncIterator

import pytest

from tests.support.app import Parley, parley
from tests.support.page import Page
from tests.support.provider import ScriptedProvider


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as running:
        yield running


@pytest.fixture
async def app(provider: ScriptedProvider, storage: str) -> AsyncIterator[Parley]:
    settings: dict[str, object] = {"openai_base_url": provider.url, "model": "openai:plain", "provider_attempts": 1}
    async with parley(database_url=storage, **settings) as running:
        yield running


@pytest.fixture
def page(app: Parley) -> Page:
    return Page(app)
