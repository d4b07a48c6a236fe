"""A scripted provider and the adapter connected to it, with retries that wait for nobody."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from adapters.http.limits import Limits
from adapters.http.retries import Retries
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.server import OpenAIServer
from tests.support.provider import ScriptedProvider


@pytest.fixture
def key() -> str:
    return "sk-test-0123456789abcdefghij"


@pytest.fixture
def waits() -> list[float]:
    """How long each pause between attempts would have been, in seconds."""
    return []


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as provider:
        yield provider


@pytest.fixture
async def connect(
    provider: ScriptedProvider, key: str, waits: list[float]
) -> AsyncIterator[Callable[..., OpenAIServer]]:
    """Connect to the scripted provider, or to another address, with these limits."""
    servers: list[OpenAIServer] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    def connected(base_url: str | None = None, **limits: float) -> OpenAIServer:
        now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        retries = Retries(jitter=lambda: 0.5, now=lambda: now, sleep=pause)
        url = base_url or provider.url
        server = OpenAIServer.connect(
            provider="openai", api_key=key, base_url=url, retries=retries, limits=Limits(**limits)
        )
        servers.append(server)
        return server

    yield connected
    for server in servers:
        await server.aclose()


@pytest.fixture
def model(connect: Callable[..., OpenAIServer]) -> OpenAILanguageModel:
    return OpenAILanguageModel(connect(), models=["scripted"])
