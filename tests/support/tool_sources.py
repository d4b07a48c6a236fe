"""Every source of tools that there is, with calls to ask it the same questions by."""

import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.mcp.config import ServerConfig
from adapters.mcp.tools import McpTools
from adapters.tools.built_in import built_in_tools
from adapters.tools.function_tool import FunctionTools
from adapters.tools.tools_file import load_tools
from application.ports.tools import ToolProvider
from application.tools.toolbox import Toolbox
from tests.support.local_web import SILENCE, local_web
from tests.support.mcp.web_server import good_web_server
from tests.support.tools import call

ROOT = Path(__file__).parents[2]
BUILT_IN = ("calculator", "current_time", "get_weather", "http_get")
TOOLS_FILE = '''
import asyncio
from adapters.tools import tool

entered, left = asyncio.Event(), asyncio.Event()

def echo(text: str) -> str:
    """Say it again."""
    return text

def fail(reason: str) -> str:
    """Fail, and say why."""
    raise ValueError(reason)

@tool(approval="never", idempotent=True)
async def key_of(idempotency_key: str) -> str:
    """The key of this call."""
    return idempotency_key

async def wait() -> None:
    """Never answer."""
    entered.set()
    try:
        await asyncio.Event().wait()
    finally:
        left.set()

async def waiting() -> str:
    """Answer when `wait` was called."""
    await entered.wait()
    return "it is under way"

async def waited() -> str:
    """Answer when `wait` has ended."""
    await left.wait()
    return "it was given up"
'''
Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A source, and calls of its tools: one that repeats a text, one that fails, one that never ends, with what waits
    until the work of that has begun and ended; `key` is a tool that answers with its key, if there is one."""

    provider: ToolProvider
    repeat: Callable[[str], Call]
    repeated: Callable[[str], str] = str
    fail: Call
    wait: Call
    is_under_way: Callable[[], Awaitable[object]]
    is_given_up: Callable[[], Awaitable[object]]
    key: str = ""

    async def repeats(self, text: str) -> bool:
        name, arguments = self.repeat(text)
        return await call(self.provider, name, **arguments) == self.repeated(text)

    @classmethod
    def of(cls, provider: ToolProvider, prefix: str = "") -> "Subject":
        return cls(
            provider=provider,
            repeat=lambda text: (f"{prefix}echo", {"text": text}),
            fail=(f"{prefix}fail", {"reason": "for a reason"}),
            wait=(f"{prefix}wait", {}),
            is_under_way=lambda: call(provider, f"{prefix}waiting"),
            is_given_up=lambda: call(provider, f"{prefix}waited"),
            key=f"{prefix}key_of",
        )


async def built_in(stack: AsyncExitStack, folder: Path) -> Subject:
    web = await stack.enter_async_context(local_web({"/v1/search": SILENCE}))
    tools = built_in_tools(
        BUILT_IN, now=lambda: datetime(2026, 1, 2, tzinfo=UTC), weather_url=web.url, geocoding_url=web.url
    )
    return Subject(
        provider=FunctionTools(tools),
        repeat=lambda text: ("calculator", {"expression": f"{len(text)} + 0"}),
        repeated=lambda text: str(len(text)),
        fail=("calculator", {"expression": "1 / 0"}),
        wait=("get_weather", {"city": "Paris"}),
        is_under_way=web.was_asked.wait,
        is_given_up=web.was_left.wait,
    )


async def tools_file(stack: AsyncExitStack, folder: Path) -> Subject:
    path = folder / "my_tools.py"
    path.write_text(TOOLS_FILE)
    return Subject.of(FunctionTools(load_tools(path)))


async def mcp_process(stack: AsyncExitStack, folder: Path) -> Subject:
    arguments = ("-m", "tests.support.mcp.good_server")
    config = ServerConfig(command=sys.executable, args=arguments, env={"PYTHONPATH": str(ROOT)}, cwd=folder)
    return await mcp(stack, config)


async def mcp_web(stack: AsyncExitStack, folder: Path) -> Subject:
    port = await stack.enter_async_context(good_web_server())
    return await mcp(stack, ServerConfig(url=f"http://127.0.0.1:{port}/mcp"))


async def mcp_old_web(stack: AsyncExitStack, folder: Path) -> Subject:
    port = await stack.enter_async_context(good_web_server(is_old=True))
    return await mcp(stack, ServerConfig(url=f"http://127.0.0.1:{port}/mcp"))


async def mcp(stack: AsyncExitStack, config: ServerConfig) -> Subject:
    provider = McpTools({"good": config})
    stack.push_async_callback(provider.aclose)
    await call(provider, "good__echo", text="a slow machine may take a while to start it")
    return Subject.of(provider, "good__")


async def toolbox(stack: AsyncExitStack, folder: Path) -> Subject:
    sources = {"built in": await built_in(stack, folder), "file": await tools_file(stack, folder)}
    return Subject.of(Toolbox({name: subject.provider for name, subject in sources.items()}))


SOURCES = (built_in, tools_file, mcp_process, mcp_web, mcp_old_web, toolbox)
