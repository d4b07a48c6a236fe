"""Stored responses through OpenAI's own client."""

import json
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response
from pydantic import BaseModel

from tests.support.app import Parley, parley, until
from tests.support.databases import EVERY_DATABASE
from tests.support.provider import Script, ScriptedProvider

WEATHER: Any = {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}


class City(BaseModel):
    city: str


@pytest.fixture(params=["plain", "demo:parrot"])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def numbers_of(client: AsyncOpenAI, id: str, **wishes: Any) -> list[tuple[int, str]]:
    stream = await client.responses.retrieve(id, stream=True, **wishes)
    return [(event.sequence_number, event.model_dump_json()) async for event in stream]


async def finished(client: AsyncOpenAI, id: str) -> Response:
    async def ended() -> bool:
        return (await client.responses.retrieve(id)).status not in ("queued", "in_progress")

    await until(ended)
    return await client.responses.retrieve(id)


async def test_a_response_is_given_whole_and_kept(client: AsyncOpenAI, model: str) -> None:
    made = await client.responses.create(model=model, input="Why does a river bend?", metadata={"a": "b"})
    assert (made.status, made.model, made.metadata) == ("completed", model, {"a": "b"})
    assert made.output_text
    assert made.usage
    assert made.completed_at
    assert await client.responses.retrieve(made.id) == made


async def test_a_response_is_streamed_and_the_same_for_whoever_comes_later(client: AsyncOpenAI, model: str) -> None:
    stream = await client.responses.create(model=model, input="Why does a river bend?", stream=True)
    seen = [(event.sequence_number, event.model_dump_json()) async for event in stream]
    assert [number for number, _ in seen] == list(range(len(seen)))
    last = json.loads(seen[-1][1])
    assert last["type"] == "response.completed"
    id = last["response"]["id"]
    assert await numbers_of(client, id) == seen
    for after in range(len(seen)):
        assert await numbers_of(client, id, starting_after=after) == seen[after + 1 :]
    assert (await client.responses.retrieve(id)).output_text == Response.model_validate(last["response"]).output_text


async def test_the_clients_own_stream_adds_up(client: AsyncOpenAI, model: str) -> None:
    async with client.responses.stream(model=model, input="Why does a river bend?") as stream:
        async for _ in stream:
            pass
        final = await stream.get_final_response()
    async with client.responses.stream(response_id=final.id, starting_after=3) as again:
        assert (await anext(aiter(again))).sequence_number == 4
        assert (await again.get_final_response()).output_text == final.output_text


async def test_a_background_response_is_looked_at_until_it_has_ended(client: AsyncOpenAI) -> None:
    made = await client.responses.create(model="delay=0.05", input="a", background=True)
    assert made.background
    assert made.status in ("queued", "in_progress")
    assert made.output == []
    assert (await finished(client, made.id)).output_text == "w0 w1 w2 w3 w4"


async def test_a_background_stream_is_cut_and_gone_on_with_at_every_number(client: AsyncOpenAI) -> None:
    stream = await client.responses.create(model="delay=0.05", input="a", background=True, stream=True)
    async for event in stream:
        if event.type == "response.output_text.delta":
            break
    assert event.sequence_number == 5
    await stream.close()
    id = (await client.responses.retrieve("resp_1")).id
    live = await numbers_of(client, id, starting_after=event.sequence_number)
    everything = await numbers_of(client, id)
    assert [json.loads(each)["type"] for _, each in everything][:3] == [
        "response.created", "response.queued", "response.in_progress"
    ]  # fmt: skip
    for after in range(len(everything)):
        assert await numbers_of(client, id, starting_after=after) == everything[after + 1 :]
    assert live == everything[event.sequence_number + 1 :]


async def test_two_readers_see_the_same_while_it_is_written(client: AsyncOpenAI) -> None:
    made = await client.responses.create(model="delay=0.03,words=8", input="a", background=True)
    first, second = await numbers_of(client, made.id), await numbers_of(client, made.id, starting_after=2)
    assert first[3:] == second


@EVERY_DATABASE
async def test_a_chain_of_responses_remembers_but_not_its_instructions(
    client: AsyncOpenAI, provider: ScriptedProvider
) -> None:
    first = await client.responses.create(model="plain", input="One", instructions="Be brief.")
    second = await client.responses.create(model="plain", input="Two", previous_response_id=first.id)
    aside = await client.responses.create(model="plain", input="Three", previous_response_id=first.id)
    assert second.previous_response_id == first.id
    said = [[message["content"] for message in call.body["messages"]] for call in provider.calls]
    assert said[0] == ["Be brief.", "One"]
    assert said[1] == ["One", first.output_text, "Two"]
    assert said[2] == ["One", first.output_text, "Three"]
    stateless = await client.responses.create(
        model="plain", input="Four", previous_response_id=aside.id, store=False
    )  # fmt: skip
    assert stateless.output_text
    assert [message["content"] for message in provider.calls[-1].body["messages"]][-3:] == [
        "Three", aside.output_text, "Four"
    ]  # fmt: skip


async def test_a_function_is_called_and_its_result_answered(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    provider.queue.append(
        Script(words=2, reasoning=2, calls=({"name": "weather", "arguments": {"city": "Paris"}},), finish="tool_calls")
    )
    stream = await client.responses.create(model="plain", input="Weather?", tools=[WEATHER], stream=True)
    events = [event async for event in stream]
    asked = events[-1].response  # type: ignore[union-attr]
    assert [item.type for item in asked.output] == ["reasoning", "message", "function_call"]
    assert (await client.responses.retrieve(asked.id)).output == asked.output
    call = asked.output[-1]
    output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}  # type: ignore[union-attr]
    answered = await client.responses.create(
        model="plain", input=[output], previous_response_id=asked.id, tools=[WEATHER]
    )
    assert answered.output_text
    roles = [message["role"] for message in provider.calls[-1].body["messages"]]
    assert roles == ["user", "assistant", "tool"]
    assert provider.calls[-1].body["messages"][-1]["content"] == "sunny"
    items = await client.responses.input_items.list(answered.id)
    assert [(item.type, getattr(item, "output", None)) for item in items.data] == [("function_call_output", "sunny")]


async def test_an_answer_has_the_shape_that_was_asked_for(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    provider.queue.append(Script(text='{"city": "Paris"}'))
    parsed = await client.responses.parse(model="plain", input="Where?", text_format=City)
    assert parsed.output_parsed == City(city="Paris")
    assert provider.calls[0].body["response_format"]["json_schema"]["name"] == "City"
    again = await client.responses.retrieve(parsed.id)
    assert again.text
    assert again.text.format
    assert again.text.format.type == "json_schema"


async def test_input_items_come_in_pages(client: AsyncOpenAI) -> None:
    given: list[Any] = [{"role": "user", "content": word} for word in ("one", "two", "three")]
    made = await client.responses.create(model="plain", input=given)
    await client.responses.create(model="plain", input="four", previous_response_id=made.id)
    words = [item.content[0].text async for item in client.responses.input_items.list(made.id, limit=2, order="asc")]  # type: ignore[union-attr]
    assert words == ["one", "two", "three"]
    newest = await client.responses.input_items.list(made.id, limit=1)
    assert newest.data[0].content[0].text == "three"  # type: ignore[union-attr]
    assert newest.has_more


async def test_a_response_is_stopped_once_and_what_was_said_is_kept(client: AsyncOpenAI) -> None:
    made = await client.responses.create(model="delay=0.1,words=100", input="a", background=True)
    stopped = await client.responses.cancel(made.id)
    assert stopped.status == "cancelled"
    assert (await client.responses.cancel(made.id)).status == "cancelled"
    assert json.loads((await numbers_of(client, made.id))[-1][1])["response"]["status"] == "cancelled"
    whole = await client.responses.create(model="plain", input="a")
    with pytest.raises(openai.BadRequestError):
        await client.responses.cancel(whole.id)
    behind = await client.responses.create(model="plain", input="a", background=True)
    await finished(client, behind.id)
    assert (await client.responses.cancel(behind.id)).status == "completed"


async def test_events_that_are_no_longer_kept_are_told_from_the_answer(client: AsyncOpenAI, app: Parley) -> None:
    made = await client.responses.create(model="plain,reasoning", input="a", background=True)
    await finished(client, made.id)
    before = await numbers_of(client, made.id)
    assert await app.container.run_log().forget(older_than_seconds=0, limit=10) == 1
    after = await numbers_of(client, made.id)
    assert [number for number, _ in after] == list(range(len(after)))
    ending = {**json.loads(before[-1][1]), "sequence_number": 0}
    assert {**json.loads(after[-1][1]), "sequence_number": 0} == ending
    ((number, last),) = await numbers_of(client, made.id, starting_after=5)
    assert number == 6
    assert {**json.loads(last), "sequence_number": 0} == ending


@EVERY_DATABASE
async def test_a_deleted_response_is_gone_and_its_words_stay(client: AsyncOpenAI) -> None:
    made = await client.responses.create(model="plain", input="a")
    await client.responses.delete(made.id)
    for attempt in (client.responses.retrieve, client.responses.delete, client.responses.input_items.list):
        with pytest.raises(openai.NotFoundError):
            await attempt(made.id)
    assert made.conversation
    items = await client.conversations.items.list(made.conversation.id)
    assert items.data[0].id == made.output[0].id
    busy = await client.responses.create(model="delay=0.1,words=100", input="a", background=True)
    await client.responses.delete(busy.id)
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(busy.id)


async def test_what_is_not_there_is_not_found(client: AsyncOpenAI) -> None:
    for id in ("resp_1", "resp_01", "resp_x", "1", "msg_1", "resp_99999999999999999999"):
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(id)
        with pytest.raises(openai.NotFoundError):
            await client.responses.cancel(id)
        for store in (True, False):
            with pytest.raises(openai.BadRequestError) as refused:
                await client.responses.create(model="plain", input="a", previous_response_id=id, store=store)
            assert (refused.value.code, refused.value.param) == ("previous_response_not_found", "previous_response_id")
            assert refused.value.type == "invalid_request_error"
    with pytest.raises(openai.NotFoundError) as missing:
        await client.responses.create(model="plain", input="a", conversation="conv_5")
    assert (missing.value.code, missing.value.param) == ("conversation_not_found", "conversation")


async def test_a_provider_that_fails_at_once_is_an_error_and_nothing_is_asked_twice(
    client: AsyncOpenAI, provider: ScriptedProvider
) -> None:
    retrying = client.with_options(max_retries=2)
    for stream in (True, False):
        with pytest.raises(openai.APIStatusError) as failed:
            await retrying.responses.create(model="s503", input="a", stream=stream)
        assert failed.value.response.headers["x-should-retry"] == "false"
    assert len(provider.calls) == 2
    background = await client.responses.create(model="s429", input="a", background=True)
    failed_later = await finished(client, background.id)
    assert failed_later.status == "failed"
    assert failed_later.error
    assert failed_later.error.code == "rate_limit_exceeded"


async def test_a_busy_conversation_is_locked_and_not_asked_again(client: AsyncOpenAI) -> None:
    busy = await client.responses.create(model="delay=0.1,words=100", input="a", background=True)
    wishes: list[dict[str, Any]] = [{"previous_response_id": busy.id}, {"conversation": busy.conversation}]
    for wish in wishes:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.with_options(max_retries=2).responses.create(model="plain", input="b", **wish)
        assert refused.value.code == "conversation_locked"
        assert refused.value.response.headers["x-should-retry"] == "false"
    await client.responses.cancel(busy.id)
    assert (await client.responses.create(model="plain", input="b", **wishes[1])).status == "completed"


async def test_a_result_of_a_call_that_nobody_made_is_refused(client: AsyncOpenAI) -> None:
    stray: Any = {"type": "function_call_output", "call_id": "call_1", "output": "sunny"}
    with pytest.raises(openai.BadRequestError) as refused:
        await client.responses.create(model="plain", input=[stray])
    assert refused.value.param == "input"


async def test_a_restart_changes_nothing_of_what_is_kept(provider: ScriptedProvider, tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "database_url": f"sqlite:///{tmp_path / 'parley.db'}",
        "openai_api_key": "a",
        "openai_base_url": provider.url,
        "model": "openai:plain",
    }
    wishes: dict[str, Any] = {
        "tools": [WEATHER], "tool_choice": "auto", "parallel_tool_calls": False, "temperature": 0.5, "top_p": 0.5,
        "instructions": "Be brief.", "metadata": {"a": "é"}, "reasoning": {"effort": "low"}, "truncation": "auto",
        "text": {"format": {"type": "json_object"}}, "max_output_tokens": 50, "user": "ann",
    }  # fmt: skip
    provider.default = Script(text="{}", reasoning=3)
    async with parley(**settings) as app, AsyncOpenAI(base_url=f"{app.url}/v1", api_key="any") as client:
        made = await client.responses.create(model="plain", input="a", **wishes)
        seen = await numbers_of(client, made.id)
    async with parley(**settings) as app, AsyncOpenAI(base_url=f"{app.url}/v1", api_key="any") as client:
        assert await client.responses.retrieve(made.id) == made
        assert await numbers_of(client, made.id) == seen
    for name, value in wishes.items():
        kept = made.to_dict()[name]
        if name == "tools":
            assert kept[0]["name"] == "weather"  # type: ignore[index]
        elif name == "reasoning":
            assert kept["effort"] == "low"  # type: ignore[index,call-overload]
        else:
            assert kept == value


@EVERY_DATABASE
async def test_a_key_makes_one_response(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await client.responses.create(model="plain", input="a", extra_headers=headers)
    again = await client.responses.create(model="plain", input="a", extra_headers=headers)
    assert first == again
    assert len(provider.calls) == 1
    with pytest.raises(openai.BadRequestError):
        await client.responses.create(model="plain", input="b", extra_headers=headers)


async def test_a_native_turn_is_a_response_and_back(client: AsyncOpenAI, app: Parley) -> None:
    native = (await app.http.post("/chat", json={"message": "Why?"})).json()
    response = await client.responses.retrieve(f"resp_{native['run_id']}")
    assert response.output_text == native["reply"]
    more = await client.responses.create(model="plain", input="And then?", previous_response_id=response.id)
    path = f"/conversations/{native['conversation_id']}/messages"
    messages = (await app.http.get(path)).json()["messages"]
    assert [message["content"] for message in messages] == ["Why?", native["reply"], "And then?", more.output_text]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"tools": [{"type": "web_search"}]}, "tools[0]"),
        ({"input": [{"type": "computer_call"}]}, "input[0]"),
        ({"temperature": 9}, "temperature"),
        ({"input": [{"type": "reasoning", "summary": []}]}, "input"),
        ({"input": [{"type": "reasoning", "summary": []}], "store": False}, "input"),
        ({"base_url": "http://evil"}, "base_url"),
        ({"previous_response_id": "resp_1", "conversation": "conv_1"}, None),
    ],
)
async def test_what_cannot_be_done_is_refused_by_name(app: Parley, fields: dict[str, Any], param: str | None) -> None:
    refused = await app.http.post("/v1/responses", json={"model": "plain", "input": "a", **fields})
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "invalid_request_error"
    assert refused.json()["error"]["param"] == param
