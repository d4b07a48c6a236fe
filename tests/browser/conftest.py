"""One browser a process, one application and one context a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from tests.support import browser as chromium
from tests.support.app import Parley, parley
from tests.support.chat_page import ChatPage
from tests.support.databases import migrated
from tests.support.postgres import empty_database
from tests.support.provider import ScriptedProvider

DEADLINE_MS = 90_000
WHY_NOT = chromium.missing()
if WHY_NOT and chromium.is_required():
    raise pytest.UsageError(f"the chat page cannot be tested: {WHY_NOT}")
collect_ignore_glob = ["test_*.py"] if WHY_NOT else []
expect.set_options(timeout=DEADLINE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser lives in one event loop, and so do those who use it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def built() -> None:
    chromium.build()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.LAUNCH)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as running:
        yield running


@pytest.fixture
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, or what a test is parametrized with (`indirect`)."""
    return migrated(getattr(request, "param", "sqlite"), request, tmp_path)


@pytest_asyncio.fixture(loop_scope="session")
async def app(built: None, storage_url: str, provider: ScriptedProvider) -> AsyncIterator[Parley]:
    if storage_url.startswith("postgresql:"):
        await empty_database(storage_url)
    models = {"openai_base_url": provider.url, "model": "openai:scripted", "provider_attempts": 1}
    async with parley(database_url=storage_url, **models) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, app: Parley) -> AsyncIterator[BrowserContext]:
    fresh = await browser.new_context(base_url=app.url, locale="en-GB", viewport={"width": 1280, "height": 800})
    fresh.set_default_timeout(DEADLINE_MS)
    yield fresh
    await fresh.close()


@pytest_asyncio.fixture(loop_scope="session")
async def chat(context: BrowserContext) -> AsyncIterator[ChatPage]:
    chat = await ChatPage.in_context(context)
    yield chat
    assert await chat.complaints() == []
