"""The application over a scripted provider, and OpenAI's own client that knows it only by its address."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from tests.support.app import NO_TLS, Parley, parley
from tests.support.provider import ScriptedProvider

KEY = "sk-secret-of-the-operator"


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as running:
        yield running


@pytest.fixture
def limits() -> dict[str, float]:
    """As a server has them, but for trying once only; who waits for a limit to pass has shorter ones."""
    return {"provider_attempts": 1}


@pytest.fixture
async def app(provider: ScriptedProvider, limits: dict[str, float], storage: str) -> AsyncIterator[Parley]:
    settings: dict[str, Any] = {
        "openai_api_key": KEY,
        "openai_base_url": provider.url,
        "model": "openai:plain",
        **limits,
    }
    async with parley(database_url=storage, **settings) as running:
        yield running


@pytest.fixture
async def client(app: Parley) -> AsyncIterator[AsyncOpenAI]:
    http = DefaultAsyncHttpxClient(verify=NO_TLS)
    async with AsyncOpenAI(base_url=f"{app.url}/v1", api_key="any", max_retries=0, http_client=http) as client:
        yield client
