"""Whatever is sent to a socket is answered or refused, and the socket stays open."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect

from tests.support.app import Parley, parley

Frame = str | bytes
SEED = 7
EXAMPLES = 100
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


async def is_served_by_chat(app: Parley, given: list[Frame]) -> None:
    async with connect(app.url.replace("http", "ws") + "/ws/chat") as socket:
        for frame in (*given, '{"first mark": 1}', '{"type": "stop"}', '{"last mark": 1}'):
            await socket.send(frame)
        for mark in ("first mark", "last mark"):
            await heard(socket, lambda frame, mark=mark: mark in str(frame.get("detail")))  # type: ignore[misc]
        await socket.send('{"message": "still there?"}')
        await heard(socket, lambda frame: frame == {"type": "done"})


async def is_served_by_responses(app: Parley, given: list[Frame]) -> None:
    mark = {"type": "response.create", "input": "a", "mark_url": 1}
    last = {"type": "response.create", "input": "still there?", "stream_id": "last", "store": False}
    async with connect(app.url.replace("http", "ws") + "/v1/responses") as socket:
        for frame in (*given, json.dumps(mark), json.dumps(last)):
            await socket.send(frame)
        await heard(socket, lambda frame: frame.get("error", {}).get("param") == "mark_url")
        await heard(socket, lambda frame: (frame.get("stream_id"), frame["type"]) == ("last", "response.completed"))


@asynccontextmanager
async def app_with_conversations() -> AsyncIterator[Parley]:
    async with parley() as app:
        for _ in range(2):
            (await app.http.post("/chat", json={"message": "help"})).raise_for_status()
        yield app


def check_all(
    is_served: Callable[[Parley, list[Frame]], Coroutine[Any, Any, None]], some: st.SearchStrategy[list[Frame]]
) -> None:
    """One application for all examples, in a loop of its own because Hypothesis is not asynchronous."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        stack = AsyncExitStack()
        app = runner.run(stack.enter_async_context(app_with_conversations()))

        @seed(SEED)
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(some)
        def check(given: list[Frame]) -> None:
            runner.run(is_served(app, given))

        try:
            check()
        finally:
            runner.run(stack.aclose())


def test_chat_answers_or_refuses_whatever_is_sent() -> None:
    check_all(is_served_by_chat, frames(CHAT))


def test_responses_answers_or_refuses_whatever_is_sent() -> None:
    check_all(is_served_by_responses, frames(RESPONSES))
