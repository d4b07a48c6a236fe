"""As much of HTTP/1.1 as a provider needs, with ways to break it."""

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body) if self.body else {}


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, or None at its end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    start, *lines = head.decode("latin-1").rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, _ = start.split(" ", 2)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target.partition("?")[0], headers, body)


class Wire:
    """The answering end of one connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._chunked = False
        self.keep_alive = True

    async def start(self, status: int, headers: Mapping[str, str], *, chunked: bool = True) -> None:
        """The head of an answer whose body is sent in pieces."""
        self._chunked = chunked
        self.keep_alive = chunked
        how = {"transfer-encoding": "chunked"} if chunked else {"connection": "close"}
        await self._send(_head(status, {**headers, **how}))

    async def piece(self, data: bytes) -> None:
        await self._send(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    async def finish(self) -> None:
        if self._chunked:
            await self._send(b"0\r\n\r\n")

    async def whole(self, status: int, document: Any, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        length = {"content-type": "application/json", "content-length": str(len(body))}
        await self._send(_head(status, {**length, **(headers or {})}) + body)

    async def say_nonsense(self) -> None:
        """Something that is not HTTP, and the end."""
        self.keep_alive = False
        await self._send(b"this is not HTTP at all\r\n\r\n")

    def cut(self) -> None:
        """Close the connection, whatever was promised."""
        self.keep_alive = False

    def reset(self) -> None:
        """Close it so that the other side gets an error instead of an end."""
        self.keep_alive = False
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._writer.transport.abort()

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    phrase = "Overloaded" if status == 529 else HTTPStatus(status).phrase  # the one status that is Anthropic's own
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
