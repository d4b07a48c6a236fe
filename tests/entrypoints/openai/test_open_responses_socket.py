"""The cases of the Open Responses compliance suite over a WebSocket, with nothing between the test and the frames."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.support.app import Parley
from tests.support.open_responses import checked, faults
from tests.support.provider import ScriptedProvider

Turn = list[dict[str, Any]]


@pytest.fixture(params=["plain", "demo:parrot"])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(app: Parley) -> connect:
    return connect(app.url.replace("http", "ws", 1) + "/v1/responses")


@pytest.fixture
async def socket(app: Parley) -> AsyncIterator[ClientConnection]:
    async with opened(app) as socket:
        yield socket


async def turn(socket: ClientConnection, **wish: Any) -> Turn:
    """The events of one response, all well-formed; or the one error that is told instead."""
    await socket.send(json.dumps({"type": "response.create", "model": "plain", **wish}))
    events: Turn = []
    while True:
        async with asyncio.timeout(30):
            frame = json.loads(await socket.recv())
        events.append(frame)
        if frame["type"] == "error" and "sequence_number" not in frame:
            assert faults(frame, "socket error") == []
            return events
        if "response" in frame and frame["response"]["status"] not in ("in_progress", "queued"):
            return checked(events)


async def response(socket: ClientConnection, **wish: Any) -> dict[str, Any]:
    last = (await turn(socket, **wish))[-1]
    assert last["type"] == "response.completed", last
    document: dict[str, Any] = last["response"]
    return document


async def code(socket: ClientConnection, **wish: Any) -> str:
    (error,) = await turn(socket, **wish)
    return str(error["error"]["code"])


@pytest.mark.parametrize("store", [True, False], ids=["stored", "not stored"])
async def test_responses_follow_each_other(socket: ClientConnection, model: str, store: bool) -> None:
    first = await response(socket, model=model, input="Say one.", store=store)
    second = await response(socket, model=model, input=[{"role": "user", "content": "Say two."}], store=store)
    assert first["id"] != second["id"]
    assert second["previous_response_id"] is None


async def test_what_is_not_stored_is_gone_on_with(socket: ClientConnection, provider: ScriptedProvider) -> None:
    first = await response(socket, input="Cobalt.", store=False)
    second = await response(socket, input="Which?", store=False, previous_response_id=first["id"])
    assert second["previous_response_id"] == first["id"]
    said = [message["content"] for message in provider.calls[-1].body["messages"]]
    assert said == ["Cobalt.", "w0 w1 w2 w3 w4", "Which?"]


async def test_on_another_socket_it_is_gone_and_one_begins_anew(app: Parley, socket: ClientConnection) -> None:
    first = await response(socket, input="Copper.", store=False)
    async with opened(app) as other:
        wish = {"input": "Go on", "store": False, "previous_response_id": first["id"]}
        assert await code(other, **wish) == "previous_response_not_found"
        assert await response(other, input="Begin again", store=False)


@pytest.mark.parametrize("store", [True, False], ids=["stored", "not stored"])
async def test_what_never_was_is_not_gone_on_with(socket: ClientConnection, store: bool) -> None:
    (error,) = await turn(socket, input="Go on", store=store, previous_response_id="resp_missing_1")
    assert error["status"] == 400
    assert error["error"]["param"] == "previous_response_id"
    assert error["error"]["code"] == "previous_response_not_found"


async def test_after_a_failure_it_is_forgotten(socket: ClientConnection) -> None:
    first = await response(socket, input="Ember.", store=False)
    stray = [{"type": "function_call_output", "call_id": "call_missing", "output": "nothing"}]
    assert await code(socket, input=stray, store=False, previous_response_id=first["id"]) == "invalid_value"
    again = {"input": "Go on", "store": False, "previous_response_id": first["id"]}
    assert await code(socket, **again) == "previous_response_not_found"


async def test_a_failure_of_something_else_forgets_nothing(socket: ClientConnection) -> None:
    first = await response(socket, input="Ember.", store=False)
    assert await code(socket, input="Go on", store=False, previous_response_id="resp_other")
    assert await response(socket, input="Go on", store=False, previous_response_id=first["id"])


async def test_a_compacted_conversation_begins_a_chain(app: Parley, socket: ClientConnection, model: str) -> None:
    said = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "The word is slate."}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "OK."}]},
    ]
    compacted = (await app.http.post("/v1/responses/compact", json={"model": model, "input": said})).json()
    more = {"type": "message", "role": "user", "content": "Which word?"}
    assert await response(socket, model=model, input=[*compacted["output"], more], store=False, tools=[])


async def test_a_turn_that_only_prepares_asks_no_model(socket: ClientConnection, provider: ScriptedProvider) -> None:
    prepared = await response(socket, input="Cobalt.", instructions="Be brief.", store=False, generate=False)
    assert (prepared["output"], provider.calls) == ([], [])
    await response(socket, input="Which?", store=False, previous_response_id=prepared["id"])
    assert [message["content"] for message in provider.calls[-1].body["messages"]] == ["Cobalt.", "Which?"]
    assert await code(socket, input="Cobalt.", generate=False) == "invalid_value"


async def test_a_failure_in_the_middle_has_its_status(socket: ClientConnection) -> None:
    *_, error, last = await turn(socket, model="error_in_stream", input="a")
    assert (error["type"], error["status"], error["error"]["code"]) == ("error", 502, "provider_unavailable")
    assert last["type"] == "response.failed"
