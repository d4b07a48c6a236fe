"""Whatever is sent to a socket is answered or refused, and the socket stays open."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect

from tests.support.app import Parley, parley

Frame = str | bytes
LIMITS = settings(
    max_examples=100, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
WORD = st.text(max_size=8)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=6,
)
ID = st.sampled_from([1, 2, 0, -1, 2**63, 1.0, True])
CHAT: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(["message", "stop"]),
    "message": WORD,
    "conversation_id": ID | st.just("new"),
    "model": st.sampled_from(["demo:parrot", "demo:nobody", "nobody:nothing"]),
    "resume": ID,
    "after": ID,
}
RESPONSES: dict[str, st.SearchStrategy[Any]] = {
    "type": st.just("response.create"),
    "input": WORD | st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": WORD | JUNK}), max_size=2),
    "stream_id": st.sampled_from(["a", "b", ""]),
    "store": st.booleans(),
    "background": st.booleans(),
    "conversation": st.sampled_from(["conv_1", "conv_2", "conv_x"]),
    "previous_response_id": st.sampled_from(["resp_1", "resp_2", "resp_once"]),
    "temperature": st.floats(),
}


def frames(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[Frame]]:
    """Some that are right, most that are nearly right, and noise."""
    right = st.fixed_dictionaries({}, optional=fields)
    wrong = st.fixed_dictionaries({}, optional={name: good | JUNK for name, good in fields.items()} | {"other": JUNK})
    return st.lists((right | wrong | JUNK).map(json.dumps) | WORD | st.binary(max_size=20), min_size=1, max_size=6)


async def heard(socket: ClientConnection, ended: Callable[[dict[str, Any]], bool]) -> None:
    """Read until the frame that is waited for; all that comes before it is an answer or a refusal of our own."""
    async with asyncio.timeout(30):
        while True:
            frame: dict[str, Any] = json.loads(await socket.recv())
            if ended(frame):
                return
            assert frame["type"] != "error" or frame.get("status", 400) < 500, frame


@pytest.fixture
async def app() -> AsyncIterator[Parley]:
    """One for all examples, with conversations and runs that a frame may name."""
    async with parley() as app:
        for _ in range(2):
            (await app.http.post("/chat", json={"message": "help"})).raise_for_status()
        yield app


@LIMITS
@given(sent=frames(CHAT))
async def test_chat_answers_or_refuses_whatever_is_sent(app: Parley, sent: list[Frame]) -> None:
    async with connect(app.url.replace("http", "ws") + "/ws/chat") as socket:
        for frame in (*sent, '{"first mark": 1}', '{"type": "stop"}', '{"last mark": 1}'):
            await socket.send(frame)
        for mark in ("first mark", "last mark"):
            await heard(socket, lambda frame, mark=mark: mark in str(frame.get("detail")))  # type: ignore[misc]
        await socket.send('{"message": "still there?"}')
        await heard(socket, lambda frame: frame == {"type": "done"})


@LIMITS
@given(sent=frames(RESPONSES))
async def test_responses_answers_or_refuses_whatever_is_sent(app: Parley, sent: list[Frame]) -> None:
    mark = {"type": "response.create", "input": "a", "mark_url": 1}
    last = {"type": "response.create", "input": "still there?", "stream_id": "last", "store": False}
    async with connect(app.url.replace("http", "ws") + "/v1/responses") as socket:
        for frame in (*sent, json.dumps(mark), json.dumps(last)):
            await socket.send(frame)
        await heard(socket, lambda frame: frame.get("error", {}).get("param") == "mark_url")
        await heard(socket, lambda frame: (frame.get("stream_id"), frame["type"]) == ("last", "response.completed"))
