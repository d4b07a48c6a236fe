"""A web server on loopback with a few pages, each as raw as a test wants it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SILENCE = b""
"""The page that is never answered."""


@dataclass
class LocalWeb:
    """`asked` are the first lines and headers of the requests so far; a page ends where its connection does."""

    pages: Mapping[str, bytes]
    port: int = 0
    connections: int = 0
    asked: list[str] = field(default_factory=list)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    was_left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(request)
            self.was_asked.set()
            path = request.split()[1].partition("?")[0]
            page = self.pages.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            if page == SILENCE:
                await reader.read()
            writer.write(page)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the visitor has left
        finally:
            self.was_left.set()
            writer.close()


def page(body: bytes, kind: str = "application/json", status: str = "200 OK", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n{more}\r\n".encode() + body


@asynccontextmanager
async def local_web(pages: Mapping[str, bytes]) -> AsyncIterator[LocalWeb]:
    web = LocalWeb(pages)
    server = await asyncio.start_server(web.answer, "127.0.0.1", 0)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
