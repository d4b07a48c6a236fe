"""The composition root builds, all of it: its providers have no types that mypy could check."""

import inspect
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import HttpUrl, SecretStr

from entrypoints.container import Container, close
from entrypoints.settings import Settings


@pytest.fixture
async def container(tmp_path: Path) -> AsyncIterator[Container]:
    """With everything configured, so that no provider has a reason to give nothing."""
    servers = tmp_path / "mcp.json"
    servers.write_text('{"mcpServers": {}}')
    settings = Settings(
        database_url="memory://",
        openai_api_key=SecretStr("not a key"),
        mcp_file=servers,
        approval_webhook=HttpUrl("http://localhost/hook"),
        approval_webhook_secret=SecretStr("not a secret"),
        auth="required",
        public_url="https://chat.example",
        oidc_issuer="https://login.example",
        oidc_client_id="parley",
    )
    container = Container(settings=settings)
    yield container
    await close(container)


@pytest.mark.parametrize("name", sorted(Container.providers))
async def test_every_provider_builds(container: Container, name: str) -> None:
    built = container.providers[name]()
    assert built is not None
    assert not inspect.isawaitable(built), "an async resource makes every provider above it a future"


async def test_without_a_provider_of_models_everything_still_builds() -> None:
    nothing = Settings(database_url="memory://", openai_api_key=None, openai_base_url=None)
    container = Container(settings=nothing)
    assert {name for name, provider in container.providers.items() if provider() is None} == {
        "approval_notifier",
        "identity_provider",
        "mcp_tools",
    }
    await close(container)


async def test_a_container_shares_nothing_with_another(container: Container) -> None:
    other = Container(settings=Settings(database_url="memory://"))
    assert container.database() is container.database()
    assert container.database() is not other.database()
    await close(other)
