"""A scripted provider and the adapter connected to it, with retries that wait for nobody."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from adapters.anthropic.language_model import AnthropicLanguageModel
from adapters.anthropic.server import AnthropicServer
from adapters.http.limits import Limits
from adapters.http.retries import Retries
from tests.support.provider import ScriptedProvider

KEY = "sk-ant-test-0123456789abcdefghij"


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as provider:
        yield provider


@pytest.fixture
async def connect(provider: ScriptedProvider) -> AsyncIterator[Callable[..., AnthropicLanguageModel]]:
    """The model at the scripted provider, or at another address, with these limits."""
    servers: list[AnthropicServer] = []

    async def pause(seconds: float) -> None:
        assert seconds >= 0

    def connected(base_url: str | None = None, **limits: float) -> AnthropicLanguageModel:
        retries = Retries(jitter=lambda: 0.5, now=lambda: datetime(2026, 1, 2, tzinfo=UTC), sleep=pause)
        url = base_url or provider.anthropic_url
        server = AnthropicServer.connect(
            provider="anthropic", api_key=KEY, base_url=url, retries=retries, limits=Limits(**limits)
        )
        servers.append(server)
        return AnthropicLanguageModel(server, models=["scripted"], output_tokens={"small": 4_000})

    yield connected
    for server in servers:
        await server.aclose()


@pytest.fixture
def model(connect: Callable[..., AnthropicLanguageModel]) -> AnthropicLanguageModel:
    return connect()
