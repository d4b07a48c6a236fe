"""No database connection is held while a stranger thinks: streams are many, the pool is small."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from tests.support.app import Parley, parley, until
from tests.support.provider import ScriptedProvider

STREAMS = 60


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/parley.db"
    fresh: str = request.getfixturevalue("fresh_postgres")
    return fresh


async def first_line(app: Parley, release: asyncio.Event) -> list[str]:
    """Read a stored stream to its first word, wait, then read the rest."""
    async with app.http.stream("POST", "/chat/stream", json={"message": "hi"}) as response:
        lines = response.aiter_lines()
        read = [await anext(lines)]
        await release.wait()
        return read + [line async for line in lines]


async def test_sixty_streams_run_over_a_pool_of_five_and_hold_none_of_it(url: str) -> None:
    async with (
        ScriptedProvider() as provider,
        parley(
            database_url=url, database_pool=5, openai_base_url=provider.url, model="openai:words=3,stall_mid,at=2",
            idle_seconds=2,
        ) as app,
    ):  # fmt: skip
        release = asyncio.Event()
        streams = [asyncio.create_task(first_line(app, release)) for _ in range(STREAMS)]
        await provider.until(lambda: sum(call.tokens_sent >= 2 for call in provider.calls) == STREAMS, seconds=20)
        await until(lambda: app.container.database().checked_out == 0)

        began = time.perf_counter()
        listed = await app.http.get("/conversations", params={"limit": 100})
        assert time.perf_counter() - began < 20
        assert len(listed.json()) == STREAMS

        release.set()
        for lines in await asyncio.gather(*streams):
            assert json.loads(lines[-1])["error"]["code"] == "provider_timed_out"
        assert app.container.database().checked_out == 0
