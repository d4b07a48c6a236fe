"""A socket's stop ends the run that it means, whenever it comes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect

from domain.access import OwnerId
from domain.errors import StorageUnavailable
from domain.run import RunId
from tests.support.app import Parley, parley
from tests.support.provider import Script, ScriptedProvider


@asynccontextmanager
async def answering() -> AsyncIterator[Parley]:
    """An application whose answers do not end by themselves."""
    async with (
        ScriptedProvider(Script(words=3, fault="stall")) as provider,
        parley(openai_base_url=provider.url, model="openai:scripted") as app,
    ):
        yield app


async def test_a_stop_that_comes_with_the_question_stops_its_run() -> None:
    async with answering() as app, connect(app.url.replace("http", "ws") + "/ws/chat") as socket:
        await socket.send(json.dumps({"message": "hi", "conversation_id": "new"}))
        await socket.send(json.dumps({"type": "stop"}))
        frame: dict[str, Any] = {"type": "token"}
        while frame["type"] == "token":
            frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
        assert (frame["type"], frame["status"]) == ("done", "cancelled")
        run = (await app.http.get(f"/runs/{frame['run_id']}")).json()
        assert run["status"] == "cancelled"


async def test_a_second_question_at_once_interrupts_the_first() -> None:
    async with answering() as app, connect(app.url.replace("http", "ws") + "/ws/chat") as socket:
        id = (await app.http.post("/conversations")).json()["id"]
        for message in ("first", "second"):
            await socket.send(json.dumps({"message": message, "conversation_id": id}))
        frame: dict[str, Any] = {}
        while frame.get("run_id") != 2:
            frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
            assert frame["type"] != "error", frame
        assert (await app.http.get("/runs/1")).json()["status"] == "cancelled"


async def test_a_run_that_cannot_be_stopped_goes_on_and_so_does_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(self: object, run_id: RunId, owner: OwnerId) -> None:
        raise StorageUnavailable

    async with answering() as app, connect(app.url.replace("http", "ws") + "/ws/chat") as socket:
        await socket.send(json.dumps({"message": "hi", "conversation_id": "new"}))
        first = json.loads(await asyncio.wait_for(socket.recv(), 60))
        with monkeypatch.context() as patched:
            patched.setattr(type(app.container.run_stopper()), "stop", away)
            await socket.send(json.dumps({"type": "stop"}))
            frame: dict[str, Any] = {}
            while frame.get("type") != "error":
                frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
            assert frame["code"] == "storage_unavailable"
        await socket.send(json.dumps({"type": "stop"}))
        while frame["type"] != "done":
            frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
        assert (frame["run_id"], frame["status"]) == (first["run_id"], "cancelled")
