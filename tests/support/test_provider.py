"""The scripted provider keeps its own promises."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.provider import Script, ScriptedProvider, script_of


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as provider:
        yield provider


async def ask(url: str, path: str, document: Any = None) -> tuple[int, str]:
    """One request on a connection of its own: the status, and the body as it was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.split(":")[2].split("/")[0]))
    try:
        return await converse(reader, writer, path, document)
    finally:
        writer.close()
        await writer.wait_closed()


async def converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, document: Any
) -> tuple[int, str]:
    body = b"" if document is None else json.dumps(document).encode()
    method = b"POST" if body else b"GET"
    writer.write(b"%s %s HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % (method, path.encode(), len(body)) + body)
    head = await reader.readuntil(b"\r\n\r\n")
    if b"content-length" in head:
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        answer = await reader.readexactly(length)
    else:
        answer = await reader.readuntil(b"0\r\n\r\n")
    return int(head.split()[1]), answer.decode()


def chat(model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "say mark:one"}], **more}


def test_a_model_name_spells_a_script() -> None:
    assert script_of("stall_mid,words=30,delay=0.5") == Script(fault="stall", when="mid", words=30, delay=0.5)
    assert script_of("s429,fails=2") == Script(status=429, fails=2)
    assert script_of("gpt-4o-mini") is None


async def test_a_call_is_remembered_with_its_marks(provider: ScriptedProvider) -> None:
    status, body = await ask(provider.url, "/v1/chat/completions", chat("words=2"))
    assert status == 200
    assert json.loads(body)["choices"][0]["message"]["content"] == "w0 w1"
    (call,) = provider.calls
    assert (call.marks, call.aborted, call.open) == (["mark:one"], False, False)


async def test_the_queue_comes_before_the_model_name_and_the_default(provider: ScriptedProvider) -> None:
    provider.default = Script(text="default")
    provider.queue.append(Script(status=503))
    statuses = [(await ask(provider.url, "/v1/chat/completions", chat("any")))[0] for _ in range(2)]
    assert statuses == [503, 200]


async def test_a_script_may_fail_a_number_of_times_only(provider: ScriptedProvider) -> None:
    statuses = [(await ask(provider.url, "/v1/chat/completions", chat("s500,fails=2")))[0] for _ in range(3)]
    assert statuses == [500, 500, 200]


async def test_a_client_that_leaves_is_noticed(provider: ScriptedProvider) -> None:
    reading = asyncio.create_task(ask(provider.url, "/v1/chat/completions", chat("stall_mid", stream=True)))
    await provider.until(lambda: provider.calls and provider.calls[0].tokens_sent == 2)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await provider.until(lambda: provider.calls[0].aborted and provider.connections == 0)
    assert provider.open_calls == 0


async def test_it_runs_as_a_process_and_is_controlled_from_outside() -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.provider"), stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    try:
        url = (await process.stdout.readline()).decode().strip()
        assert (await ask(url, "/__control", {"queue": ["no_such_preset"]}))[0] == 400
        assert (await ask(url, "/__control", {"queue": [{"text": "once"}], "default": "words=1"}))[0] == 200
        answers = [json.loads((await ask(url, "/v1/chat/completions", chat("any")))[1]) for _ in range(2)]
        assert [answer["choices"][0]["message"]["content"] for answer in answers] == ["once", "w0"]
        state = json.loads((await ask(url, "/__state"))[1])
        assert (len(state["calls"]), state["open"]) == (2, 0)
        assert (await ask(url, "/v1/models"))[0] == 200
    finally:
        process.terminate()
        await process.wait()
