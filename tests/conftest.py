"""A real Postgres for whoever asks, and every database that Parley runs on.

It is started when the first test asks; or, when several processes share the tests (`-n`), once for all of them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.support import browser, node
from tests.support.databases import migrated, open_database
from tests.support.patient_loop import PatientLoop
from tests.support.postgres import (
    MISSING,
    Source,
    create_database,
    drop_database,
    empty_database,
    find_source,
    left_by_all,
    versions,
)

settings.register_profile("patient", deadline=None)  # how long an example takes tells of the machine
settings.load_profile("patient")

pytest_plugins = ("tests.support.secrets_kept",)

SOURCE = pytest.StashKey[Source | None]()
IN_USE = pytest.StashKey[str]()
SHARED = pytest.StashKey[tuple[ExitStack, str]]()


def pytest_report_header(config: pytest.Config) -> list[str]:
    return [_postgres_header(config), node.header(), browser.header()]


def _postgres_header(config: pytest.Config) -> str:
    source = config.stash[SOURCE] = find_source()
    if source is None:
        return f"Postgres: {MISSING}"
    if not getattr(config.option, "numprocesses", None):
        return f"Postgres: not started yet, source would be {source.name}"
    stack = ExitStack()
    url = stack.enter_context(source.running())
    config.stash[SHARED] = stack, url
    return f"Postgres: {_in_use(config, source, url)}"


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"patient": PatientLoop}


def pytest_configure_node(node: Any) -> None:
    """Tell a process of pytest-xdist where the one Postgres is."""
    if shared := node.config.stash.get(SHARED, None):
        node.workerinput["postgres_url"] = shared[1]


def pytest_unconfigure(config: pytest.Config) -> None:
    if shared := config.stash.get(SHARED, None):
        shared[0].close()


def _in_use(config: pytest.Config, source: Source, url: str) -> str:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        config.stash[IN_USE] = f"{source.name}, {runner.run(versions(url))}"
    return config.stash[IN_USE]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if in_use := config.stash.get(IN_USE, None):
        terminalreporter.write_line(f"Postgres: {in_use}")
    if node.missing():
        terminalreporter.write_line(node.header(), yellow=True)
    if browser.missing():
        terminalreporter.write_line(browser.header(), red=True, bold=True)


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """A server that may create databases; the suite fails without one."""
    if shared := getattr(pytestconfig, "workerinput", {}).get("postgres_url"):
        yield shared
        return
    source = pytestconfig.stash.get(SOURCE, None) or find_source()
    if source is None:
        pytest.fail(MISSING)
    with source.running() as url:
        _in_use(pytestconfig, source, url)
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


async def _migrate(url: str) -> None:
    database = await open_database(url)
    await database.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "parley.db"
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """A migrated database to copy, to which nobody connects."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        url = runner.run(create_database(postgres_url))
        runner.run(_migrate(url))
        runner.run(left_by_all(postgres_url, url))
    yield url
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(drop_database(postgres_url, url))


@pytest.fixture
async def new_postgres(postgres_url: str, postgres_template: str) -> AsyncIterator[str]:
    """The URL of a new database of one's own, migrated."""
    url = await create_database(postgres_url, like=postgres_template)
    yield url
    await drop_database(postgres_url, url)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """A database to empty again and again."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        url = runner.run(create_database(postgres_url, like=postgres_template))
    yield url
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(drop_database(postgres_url, url))


@pytest.fixture
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return migrated(getattr(request, "param", "memory"), request, tmp_path)


@pytest.fixture
async def storage(storage_url: str) -> str:
    """An empty database for an application: in memory, or each kind in turn for a test that says EVERY_DATABASE."""
    if storage_url.startswith("postgresql:"):
        await empty_database(storage_url)
    return storage_url
