"""Chat over a WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.app import Parley, parley, until


@asynccontextmanager
async def socket_of(app: Parley, **kwargs: Any) -> AsyncIterator[ClientConnection]:
    async with connect(app.url.replace("http", "ws") + "/ws/chat", **kwargs) as socket:
        yield socket


async def receive(socket: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 60))
    return frame


async def answer(socket: ClientConnection) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """The words up to the frame that ends them, that frame, and all frames before it."""
    frames: list[dict[str, Any]] = []
    while (frame := await receive(socket))["type"] == "token":
        frames.append(frame)
    return "".join(f["content"] for f in frames), frame, frames


async def test_a_message_is_answered_and_remembered_but_not_stored(app: Parley) -> None:
    async with socket_of(app) as socket:
        await socket.send(json.dumps({"message": "My cat is called Miro"}))
        assert (await answer(socket))[1] == {"type": "done"}
        await socket.send(json.dumps({"message": "what did I say?"}))
        words, done, _ = await answer(socket)

    assert "Miro" in words
    assert done == {"type": "done"}
    assert (await app.http.get("/conversations")).json() == []


async def test_a_frame_that_names_a_conversation_is_stored(app: Parley) -> None:
    async with socket_of(app) as socket:
        await socket.send(json.dumps({"message": "Keep this", "conversation_id": "new"}))
        words, done, frames = await answer(socket)
        id = frames[0]["conversation_id"]
        assert [f["seq"] for f in (*frames, done)] == list(range(1, len(frames) + 2))
        await socket.send(json.dumps({"message": "what did I say?", "conversation_id": id}))
        assert "Keep this" in (await answer(socket))[0]

    stored = (await app.http.get(f"/conversations/{id}/messages")).json()["messages"]
    assert stored[1]["content"] == words
    assert len(stored) == 4


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"message": 5}',
        '{"message": ""}',
        '{"message": "a\\u0000b"}',
        '{"message": "\\ud800"}',
        '{"message": "hi", "conversation_id": "old"}',
        '{"message": "hi", "conversation_id": 999}',
        '{"message": "hi", "conversation_id": 1.5}',
        '{"message": "hi", "api_key": "x"}',
        '{"type": "dance"}',
        b"\x00\xff",
        "[" * 10_000,
    ],
    ids=lambda bad: repr(bad)[:40],
)
async def test_a_bad_frame_is_an_error_and_the_socket_lives_on(app: Parley, bad: str | bytes) -> None:
    async with socket_of(app) as socket:
        await socket.send(bad)
        assert (await receive(socket))["type"] == "error"
        await socket.send(json.dumps({"message": "still there?"}))
        assert (await answer(socket))[1] == {"type": "done"}


async def test_stop_ends_the_answer_with_one_done() -> None:
    async with parley(demo_words_per_second=20) as app, socket_of(app) as socket:
        for frame in ({"message": "Long"}, {"message": "Long", "conversation_id": "new"}):
            await socket.send(json.dumps(frame))
            await receive(socket)
            await socket.send(json.dumps({"type": "stop"}))
            _, done, frames = await answer(socket)
            assert done["type"] == "done"
            assert done["status"] == "cancelled"
            if frames and "run_id" in frames[0]:
                assert (await app.http.get(f"/runs/{frames[0]['run_id']}")).json()["status"] == "cancelled"


async def test_a_new_message_interrupts_the_answer_under_way() -> None:
    async with parley(demo_words_per_second=20) as app, socket_of(app) as socket:
        await socket.send(json.dumps({"message": "First", "conversation_id": "new"}))
        id = (await receive(socket))["conversation_id"]
        await socket.send(json.dumps({"message": "Second", "conversation_id": id}))
        assert (await answer(socket))[1]["status"] == "cancelled"
        assert "Second" in (await answer(socket))[0]

        stored = (await app.http.get(f"/conversations/{id}/messages")).json()["messages"]
        assert [m["status"] for m in stored] == ["completed", "cancelled", "completed", "completed"]


async def test_a_stored_turn_goes_on_when_the_socket_closes() -> None:
    async with parley(demo_words_per_second=100) as app:
        async with socket_of(app) as socket:
            await socket.send(json.dumps({"message": "Go on without me", "conversation_id": "new"}))
            run_id = (await receive(socket))["run_id"]

        async def completed() -> bool:
            return (await app.http.get(f"/runs/{run_id}")).json()["status"] == "completed"

        await until(completed)


async def test_pages_of_other_origins_get_no_socket(app: Parley) -> None:
    with pytest.raises(InvalidStatus):
        async with socket_of(app, origin="https://evil.example"):
            pass


async def test_a_frame_over_the_limit_closes_the_socket_and_nothing_else() -> None:
    async with parley() as app:
        async with socket_of(app) as socket:
            with suppress(ConnectionClosed):  # it may be closed before all of it is sent
                await socket.send(json.dumps({"message": "x" * 20_000_000}))
            with pytest.raises(ConnectionClosed):
                await receive(socket)
        assert (await app.http.get("/health/live")).status_code == 200
