"""What the port of tools promises, asked of all sources: built in, an operator's file, MCP servers, and a toolbox."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from adapters.mcp.config import ServerConfig
from adapters.mcp.tools import McpTools
from adapters.tools.built_in import built_in_tools
from adapters.tools.function_tool import FunctionTools
from adapters.tools.tools_file import load_tools
from application.ports.tools import ToolFailed, ToolProvider
from application.tools.toolbox import Toolbox
from tests.support.local_web import SILENCE, local_web
from tests.support.mcp.web_server import good_web_server
from tests.support.tools import call

pytestmark = pytest.mark.asyncio(loop_scope="module")

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


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=SOURCES, ids=lambda source: source.__name__)
async def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Subject]:
    async with AsyncExitStack() as stack:
        yield await request.param(stack, tmp_path_factory.mktemp("tools"))


async def test_tools_are_named_described_and_the_same_each_time(subject: Subject) -> None:
    tools, again = await subject.provider.tools(), await subject.provider.tools()
    names = [tool.name for tool in tools]
    assert len(set(names)) == len(names) > 3
    for tool in tools:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.name)
        assert tool.spec.description
        assert (tool.spec.parameters or {})["type"] == "object"
        json.dumps(tool.spec.parameters)
        assert tool.timeout_seconds > 0
    assert [tool.fingerprint for tool in again] == [tool.fingerprint for tool in tools]


async def test_a_call_answers_with_text(subject: Subject) -> None:
    assert await subject.repeats("Grüße 👋\n\u2028 \\ \"quoted\" 'too' \x7f")


async def test_what_goes_wrong_is_an_error_for_the_model(subject: Subject) -> None:
    name, arguments = subject.fail
    with pytest.raises(ToolFailed) as failed:
        await call(subject.provider, name, **arguments)
    assert re.search(name.removeprefix("good__"), str(failed.value)) or "zero" in str(failed.value)


@pytest.mark.parametrize("name", ["nothing", "good__nothing", "", "good__", "x" * 1000, "__import__"])
async def test_a_tool_that_is_not_there_is_an_error_for_the_model(subject: Subject, name: str) -> None:
    with pytest.raises(ToolFailed, match=r"no tool"):
        await call(subject.provider, name)


@pytest.mark.parametrize("arguments", [{}, {"text": None, "expression": None}, {"text": ["x"], "expression": [1]}])
async def test_arguments_that_do_not_fit_are_an_error_for_the_model(
    subject: Subject, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ToolFailed, match=r"text|expression"):
        await call(subject.provider, subject.repeat("")[0], **arguments)


async def test_calls_at_once_get_each_its_own_answer(subject: Subject) -> None:
    async with asyncio.timeout(30):
        assert all(await asyncio.gather(*(subject.repeats("x" * number) for number in range(1, 25))))


async def test_a_call_that_is_left_is_given_up_and_others_go_on_meanwhile(subject: Subject) -> None:
    name, arguments = subject.wait
    async with asyncio.timeout(30):
        waiting = asyncio.create_task(call(subject.provider, name, **arguments))
        await subject.is_under_way()
        assert await subject.repeats("meanwhile")
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await subject.is_given_up()
        assert await subject.repeats("afterwards")


async def test_the_key_of_a_call_reaches_the_tool(subject: Subject) -> None:
    keys = ["key-1", "key-2"] if subject.key else []
    assert [await call(subject.provider, subject.key, key) for key in keys] == keys
