"""Servers over HTTP that misbehave, go away and come back."""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from adapters.mcp.config import ServerConfig
from application.ports.tools import ToolFailed
from tests.adapters.mcp.conftest import Start, answers_again
from tests.support.local_web import SILENCE, LocalWeb, page
from tests.support.mcp.web_server import good_web_server
from tests.support.tools import call

TOOL = {"name": "t", "description": "T.", "inputSchema": {"type": "object"}}
INFO = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "raw", "version": "1"}}
LARGE = 50_000_000


def result(value: Any) -> bytes:
    return page(json.dumps({"jsonrpc": "2.0", "id": "ID", "result": value}).encode())


class RawServer(LocalWeb):
    """A server of 2025-11-25 that answers a call of its tool as raw as a test wants it; "ID" stands for the call's."""

    def __init__(self, answer: bytes) -> None:
        super().__init__({})
        self._answers = {"initialize": result(INFO), "tools/list": result({"tools": [TOOL]}), "tools/call": answer}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head)
            size = int(head.lower().partition("content-length:")[2].split()[0])
            message = json.loads(await reader.readexactly(size))
            answer = self._answers.get(message["method"], page(b"", status="400 No"))
            if answer == SILENCE:
                await reader.read()
            writer.write(answer.replace(b'"ID"', json.dumps(message.get("id")).encode()))
            await writer.drain()
        except (OSError, IndexError, asyncio.IncompleteReadError):
            pass  # a visitor who has left, or wants a stream that there is not
        finally:
            writer.close()


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[RawServer]:
    server = RawServer(answer)
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


def web(url: str, **more: Any) -> ServerConfig:
    return ServerConfig(url=url, **more)


FINE = result({"content": [{"type": "text", "text": "fine"}]})
EVENT = b'event: message\ndata: {"jsonrpc": "2.0", "id": "ID", "result": {"content": []}, "x": "'
BAD_ANSWERS: dict[str, tuple[bytes, str]] = {
    "a large message": (result({"content": [{"type": "text", "text": "x" * LARGE}]}), "too long or cannot be read"),
    "a large event": (page(EVENT + b"x" * LARGE + b'"}\n\n', "text/event-stream"), "went away during the call"),
    "packed": (page(gzip.compress(b"x" * LARGE), Content_Encoding="gzip"), "went away during the call"),
    "an error": (page(b"oh", status="500 Oh"), "refused the call: Server returned an error response"),
    "no JSON": (page(b"<html>"), "cannot be read"),
    "no message": (page(b"{}"), "cannot be read"),
    "no HTTP": (b"\x00\x01\r\n\r\n", "went away during the call"),
    "cut off": (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{", "went away"),
    "a stream that ends": (page(b": hello\n\n", "text/event-stream"), "went away during the call"),
    "nothing to come": (page(b"", status="202 Accepted"), "refused the call: server answered a request with 202"),
    "silence": (SILENCE, "did not answer within 1 seconds"),
}


@pytest.mark.parametrize(("answer", "said"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
async def test_an_answer_that_is_none_is_told(start: Start, answer: bytes, said: str) -> None:
    async with asyncio.timeout(60), raw_server(answer) as server:
        tools = start(raw=web(server.url, timeout_seconds=1 if answer == SILENCE else 30))
        before = psutil.Process().memory_info().rss
        with pytest.raises(ToolFailed, match=said):
            await call(tools, "raw__t")
        assert psutil.Process().memory_info().rss - before < 100_000_000
        server._answers["tools/call"] = FINE
        await answers_again(tools, "raw__t", "fine")


async def test_a_redirect_takes_neither_the_call_nor_our_token_elsewhere(start: Start) -> None:
    async with raw_server(FINE) as other:
        moved = page(b"", status="307 Moved", Location=other.url)
        async with raw_server(moved) as server:
            tools = start(raw=web(server.url, headers={"Authorization": "Bearer token"}))
            with pytest.raises(ToolFailed, match="not followed"):
                await call(tools, "raw__t")
    assert all("authorization: bearer token" in request.lower() for request in server.asked)
    assert other.asked == []


async def test_credentials_that_are_refused_are_told_to_the_operator(start: Start) -> None:
    async with raw_server(FINE) as server:
        server._answers = dict.fromkeys(("server/discover", "initialize"), page(b"", status="401 No"))
        tools = start(raw=web(server.url))
        assert await tools.tools() == ()
    assert tools.away() == {"raw": "answered with status 401"}


@pytest.mark.parametrize("is_old", [True, False], ids=["2025-11-25", "2026-07-28"])
async def test_a_server_that_was_begun_anew_is_gone_on_with(start: Start, is_old: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with asyncio.timeout(60):
        async with good_web_server(is_old=is_old, port=port):
            tools = start(good=web(f"http://127.0.0.1:{port}/mcp"))
            assert await call(tools, "good__echo", text="before") == "before"
        async with good_web_server(is_old=is_old, port=port):
            assert await call(tools, "good__echo", text="after") == "after"
        with pytest.raises(ToolFailed, match=r"went away|is away"):
            await call(tools, "good__echo", text="gone")
        async with good_web_server(is_old=is_old, port=port):
            assert await call(tools, "good__echo", text="back") == "back"


@pytest.mark.parametrize("is_old", [True, False], ids=["2025-11-25", "2026-07-28"])
async def test_a_tool_that_appears_is_listed(start: Start, is_old: bool) -> None:
    async with asyncio.timeout(60), good_web_server(is_old=is_old) as port:
        tools = start(good=web(f"http://127.0.0.1:{port}/mcp"))
        assert await call(tools, "good__grow", name="fresh") == "grown"
        while "good__fresh" not in {tool.name for tool in await tools.tools()}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        assert await call(tools, "good__fresh") == "fresh"


async def test_a_tool_that_asks_a_person_again_and_again_fails_at_once(start: Start) -> None:
    async with asyncio.timeout(30), good_web_server() as port:
        with pytest.raises(ToolFailed, match="wants to ask a person something"):
            await call(start(good=web(f"http://127.0.0.1:{port}/mcp")), "good__ask")
