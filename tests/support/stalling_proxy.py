"""A way to a server that can stop passing anything on, as a frozen host or a broken network does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit, urlunsplit


class StallingProxy:
    """Passes bytes both ways while `flowing` is set. Connections are accepted all the same when it is not.

    With `hides_the_end` a side that closes is not closed to the other: its last words are followed by silence.
    """

    def __init__(self, server_url: str) -> None:
        self._server = urlsplit(server_url)
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.hides_the_end = False
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """The server's URL, by way of this proxy."""
        user = f"{self._server.username or ''}{':' + self._server.password if self._server.password else ''}"
        return urlunsplit(("postgresql", f"{user}@127.0.0.1:{self.port}", self._server.path, "", ""))

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await self._connect()
        self._open |= {writer, there_writer}
        for source, target in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(self._pass_on(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        for writer in list(self._open):
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if folder := parse_qs(self._server.query).get("host"):
            return await asyncio.open_unix_connection(f"{folder[0]}/.s.PGSQL.{self._server.port or 5432}")
        return await asyncio.open_connection(self._server.hostname, self._server.port or 5432)

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                await self.flowing.wait()
                target.write(data)
                await target.drain()
            if not self.hides_the_end:
                target.close()


@asynccontextmanager
async def stalling_proxy(server_url: str) -> AsyncIterator[StallingProxy]:
    proxy = StallingProxy(server_url)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
