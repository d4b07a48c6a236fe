"""What the port of tools promises, asked of all sources: built in, an operator's file, MCP servers, and a toolbox."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from application.ports.tools import ToolFailed
from tests.support.tool_sources import SOURCES, Subject
from tests.support.tools import call

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
