"""Connections to Postgres past SQLAlchemy's pool: checking one out for each of a thousand groups a second costs more
than writing them, and who has to be heard must not stand in line behind everybody else."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

from adapters.sql.errors import translated

GOODBYE_SECONDS = 1.0


class Connection(asyncpg.Connection):  # type: ignore[misc]
    """Says goodbye, but does not wait for long to be heard."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncpg's own signature
        if timeout is not None:  # how SQLAlchemy gives up a connection after a timeout or a cancellation
            self.terminate()
            return
        with suppress(OSError):
            await super().close(timeout=GOODBYE_SECONDS)


class OwnConnection:
    """One connection for one purpose; opened on first use and again after every failure."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self._connect = connect
        self._connection: asyncpg.Connection | None = None
        self._free = asyncio.Lock()

    async def fetch(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Execute and commit. Raise StorageUnavailable; then, and when cancelled, it may have happened or not."""
        with translated:
            async with self._free:
                return await self._fetch(statement, values)

    def close(self) -> None:
        if self._connection:
            self._connection.terminate()

    async def _fetch(self, statement: str, values: tuple[object, ...]) -> list[asyncpg.Record]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        try:
            rows: list[asyncpg.Record] = await self._connection.fetch(statement, *values)
            return rows
        except asyncpg.PostgresError:
            raise
        except BaseException:
            self._connection.terminate()  # an answer may still be on its way; nobody else may read it
            raise
