"""A real Postgres for whoever asks, started when the first test asks; and every database that Parley runs on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.postgres import MISSING, Source, create_database, drop_database, find_source, versions

SOURCE = pytest.StashKey[Source | None]()
IN_USE = pytest.StashKey[str]()


def pytest_report_header(config: pytest.Config) -> str:
    source = config.stash[SOURCE] = find_source()
    return f"Postgres: not started yet, source would be {source.name}" if source else f"Postgres: {MISSING}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if in_use := config.stash.get(IN_USE, None):
        terminalreporter.write_line(f"Postgres: {in_use}")


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """A server that may create databases; the suite fails without one."""
    source = pytestconfig.stash.get(SOURCE, None) or find_source()
    if source is None:
        pytest.fail(MISSING)
    with source.running() as url:
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            pytestconfig.stash[IN_USE] = f"{source.name}, {runner.run(versions(url))}"
        yield url


@pytest.fixture
async def fresh_postgres(postgres_url: str) -> AsyncIterator[str]:
    """The URL of a new, empty database of one's own."""
    url = await create_database(postgres_url)
    yield url
    await drop_database(postgres_url, url)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, not migrated."""
    if request.param == "postgres":
        return str(request.getfixturevalue("fresh_postgres"))
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path / 'parley.db'}"
