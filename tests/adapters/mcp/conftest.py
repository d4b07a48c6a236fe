"""Servers that misbehave, each a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import tests.support.mcp as support
from adapters.mcp.config import ServerConfig
from adapters.mcp.patience import Patience
from adapters.mcp.tools import McpTools
from application.ports.tools import ToolFailed
from tests.support.tools import call

BAD_SERVER = Path(support.__file__).with_name("bad_server.py")
Start = Callable[..., McpTools]


def bad(*how: str, **more: Any) -> ServerConfig:
    return ServerConfig(command=sys.executable, args=("-I", str(BAD_SERVER), *how), **more)


async def answers_again(tools: McpTools, name: str, text: str) -> None:
    """Sooner or later, as a slow machine may take longer than a test gives a server."""
    async with asyncio.timeout(60):
        while True:
            try:
                assert await call(tools, name) == text
                return
            except ToolFailed:
                await asyncio.sleep(0.1)


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Tools of these servers, which are closed at the end; the patience is a test's."""
    started: list[McpTools] = []

    def begin(*, listing_seconds: float = 30.0, refresh_seconds: float = 30.0, **servers: ServerConfig) -> McpTools:
        patience = Patience(
            listing_seconds=listing_seconds,
            refresh_seconds=refresh_seconds,
            call_seconds=30.0,
            grace_seconds=0.3,
            first_pause_seconds=0.1,
        )
        started.append(McpTools(servers, patience))
        return started[-1]

    yield begin
    await asyncio.gather(*(tools.aclose() for tools in started))
