"""The database dies, freezes, cuts everybody off or is full: bounded refusals, and everything goes on by itself."""

import asyncio
import json
import os
import resource
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.support.cluster import Replica, replicas
from tests.support.fragile_postgres import FragilePostgres
from tests.support.load import BOUND_SECONDS, LEASE_SECONDS, PEOPLE, Load, load
from tests.support.provider import Script, ScriptedProvider

POOL = 3
# Root may write what it likes; without this it may do so only where the file's mode lets it.
OBEYS_MODES = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()
SMALL_MEGABYTES = 24


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider(Script(echo=True, delay=0.01)) as running:
        yield running


@pytest.fixture
async def postgres() -> AsyncIterator[FragilePostgres]:
    async with FragilePostgres() as running:
        yield running


def environment(provider: ScriptedProvider, database_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "OPENAI_BASE_URL": provider.url,
        "PARLEY_MODEL": "openai:scripted",
        "PARLEY_DATABASE_POOL": str(POOL),
        "PARLEY_WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
        "PARLEY_PROVIDER_ATTEMPTS": "1",
    }


@pytest.fixture
async def on_postgres(postgres: FragilePostgres, provider: ScriptedProvider) -> AsyncIterator[Load]:
    async with (
        replicas(1, **environment(provider, postgres.database)) as [server],
        load(server, postgres.database, provider) as under,
    ):
        yield under


async def test_a_postgres_that_dies_under_load_costs_refusals_until_it_is_back(
    on_postgres: Load, postgres: FragilePostgres
) -> None:
    for _ in range(2):
        await postgres.die()
        for _ in range(3):
            assert (await on_postgres.refuses())["code"] == "storage_unavailable"
        await postgres.revive()
        await on_postgres.works()


async def test_streams_under_way_wait_for_the_database_and_end_whole(
    postgres: FragilePostgres, provider: ScriptedProvider
) -> None:
    """At the replica that writes the answer, and at the other: neither reader has to come back.

    After an outage longer than the lease the other does not take the run for a dead worker's.
    """
    words = " ".join(f"w{number}" for number in range(180))
    provider.default = Script(echo=True, delay=0.05)
    lease = 5.0
    settings = environment(provider, postgres.database) | {"PARLEY_WORKER_LEASE_SECONDS": str(lease)}
    async with (
        replicas(2, **settings) as [a, b],
        httpx2.AsyncClient(timeout=90) as http,
        http.stream("POST", f"{a.url}/chat/stream", json={"message": words}) as response,
    ):
        lines = response.aiter_lines()
        run_id = json.loads(await anext(lines))["run_id"]
        async with http.stream("GET", f"{b.url}/runs/{run_id}/events") as elsewhere:
            others = elsewhere.aiter_lines()
            events = [json.loads(await anext(others))]
            await postgres.die()
            await asyncio.sleep(lease)
            await postgres.revive()
            assert "token" in await anext(lines)
            await postgres.freeze()
            await asyncio.sleep(1)
            await postgres.wake()
            assert json.loads([line async for line in lines][-1])["done"] is True
            events += [json.loads(line) async for line in others]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert "".join(event["text"] for event in events[:-1]) == words
        assert events[-1]["status"] == "completed"


async def test_a_frozen_postgres_costs_refusals_in_time_until_it_wakes(
    on_postgres: Load, postgres: FragilePostgres
) -> None:
    await postgres.freeze()
    for _ in range(2):
        assert (await on_postgres.refuses())["code"] == "storage_unavailable"
    await postgres.wake()
    await on_postgres.works()


async def test_connections_that_are_cut_under_load_cost_at_most_one_refusal_each(
    on_postgres: Load, postgres: FragilePostgres
) -> None:
    for _ in range(3):
        assert await postgres.terminate_clients() > 0
        await on_postgres.until_more_answers(PEOPLE)
    assert on_postgres.history.answered["503"] <= 3 * POOL
    await on_postgres.works()


async def test_a_full_disk_under_postgres_refuses_what_grows_until_there_is_room(
    postgres: FragilePostgres, provider: ScriptedProvider
) -> None:
    disk = await postgres.use_small_disk(SMALL_MEGABYTES)
    print(f"the disk is {disk}")
    async with (
        replicas(1, **environment(provider, postgres.database)) as [server],
        load(server, postgres.database, provider) as under,
    ):
        await postgres.fill_disk()
        await under.is_full(507 if "tmpfs" in disk else 503)
        await postgres.empty_disk()
        await under.works()


async def test_a_full_disk_under_sqlite_refuses_what_grows_until_there_is_room(
    tmp_path: Path, provider: ScriptedProvider
) -> None:
    """The file may not grow: a limit that the process is given, because every user may give it."""
    url = f"sqlite:///{tmp_path}/parley.db"
    async with (
        replicas(1, **environment(provider, url)) as [server],
        load(server, url, provider) as under,
    ):
        assert server.process
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest_file_in(tmp_path), before[1]))
        await under.is_full(503)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
        await under.works()


def largest_file_in(folder: Path) -> int:
    return max(path.stat().st_size for path in folder.iterdir())


def let_write(folder: Path) -> None:
    """The files beside the database too: SQLite gives them the mode that it has."""
    for path in folder.iterdir():
        path.chmod(0o644)


async def test_a_sqlite_file_that_may_only_be_read_is_read_and_nothing_is_written(tmp_path: Path) -> None:
    database = tmp_path / "parley.db"
    server = Replica("a", {"DATABASE_URL": f"sqlite:///{database}", "PARLEY_DEMO_WORDS_PER_SECOND": "0"})
    async with httpx2.AsyncClient(timeout=BOUND_SECONDS) as http:
        try:
            await server.start()
            answer = (await http.post(f"{server.url}/chat", json={"message": "Remember me"})).json()
            server.signal(signal.SIGTERM)
            await server.ended()

            database.chmod(0o444)
            server.prefix = OBEYS_MODES
            await server.start()
            refused = await http.post(f"{server.url}/chat", json={"message": "And me"})
            assert (refused.status_code, refused.json()["code"]) == (503, "storage_unavailable")
            assert (await http.get(f"{server.url}/health/ready")).status_code == 503
            stored = (await http.get(f"{server.url}/conversations/1/messages")).json()["messages"]
            assert [message["content"] for message in stored] == ["Remember me", answer["reply"]]
            assert "Traceback" not in server.printed
            server.signal(signal.SIGTERM)
            assert await server.ended() == 0

            let_write(tmp_path)
            await server.start()
            assert (await http.post(f"{server.url}/chat", json={"message": "And me"})).status_code == 200
        finally:
            await server.kill()
