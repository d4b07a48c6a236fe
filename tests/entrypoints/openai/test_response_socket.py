"""Responses over a WebSocket, through OpenAI's own client."""

import json
from typing import Any

from openai import AsyncOpenAI

from tests.support.provider import ScriptedProvider

WISH: dict[str, Any] = {"type": "response.create", "model": "plain", "input": "Why?"}


async def events_of(connection: Any) -> list[Any]:
    events: list[Any] = []
    while not events or events[-1].type not in ("response.completed", "response.failed"):
        events.append(await connection.recv())
    return events


async def test_responses_follow_each_other_on_one_socket(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    async with client.responses.connect() as connection:
        await connection.send(WISH)
        first = await events_of(connection)
        assert [event.sequence_number for event in first] == list(range(len(first)))
        id = first[-1].response.id
        await connection.send({**WISH, "input": "And then?", "previous_response_id": id})
        second = await events_of(connection)
    assert second[-1].response.previous_response_id == id
    assert len(provider.calls[-1].body["messages"]) == 3
    assert (await client.responses.retrieve(id)).output_text == first[-1].response.output_text


async def test_a_lane_is_told_of_its_own_events(client: AsyncOpenAI) -> None:
    async with client.responses.connect() as connection:
        await connection.send({**WISH, "stream_id": "one", "store": False})
        events = await events_of(connection)
    assert {event.stream_id for event in events} == {"one"}


async def test_what_is_not_stored_is_gone_on_with_on_its_own_socket_only(
    client: AsyncOpenAI, provider: ScriptedProvider
) -> None:
    async with client.responses.connect() as connection:
        await connection.send({**WISH, "store": False})
        first = (await events_of(connection))[-1].response
        more = {**WISH, "store": False, "input": "And then?", "previous_response_id": first.id}
        await connection.send(more)
        await events_of(connection)
        said = [message["content"] for message in provider.calls[-1].body["messages"]]
        assert said == ["Why?", first.output_text, "And then?"]
    async with client.responses.connect() as other:
        await other.send(more)
        assert (await other.recv()).error.code == "previous_response_not_found"


async def test_a_bad_frame_is_told_and_the_socket_stays_open(client: AsyncOpenAI) -> None:
    async with client.responses.connect() as connection:
        for bad in ({"type": "response.nothing"}, {**WISH, "temperature": 9}, {**WISH, "background": True}):
            await connection.send_raw(json.dumps(bad))
            error = await connection.recv()
            assert (error.type, error.status) == ("error", 400)
            assert error.error.type == "invalid_request_error"
        await connection.send({**WISH, "model": "s503"})
        assert (await events_of(connection))[-1].type == "response.failed"
        await connection.send(WISH)
        assert (await events_of(connection))[-1].type == "response.completed"
