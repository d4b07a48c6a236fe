"""Responses that are not stored, through OpenAI's own client."""

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.provider import Script, ScriptedProvider

TOOLS: list[Any] = [{"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}]


@pytest.fixture(params=["plain", "demo:parrot"])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_response_is_given_whole(client: AsyncOpenAI, model: str) -> None:
    response = await client.responses.create(model=model, input="Why does a river bend?", store=False)
    assert (response.status, response.model, response.store) == ("completed", model, False)  # type: ignore[attr-defined]
    assert response.output_text
    assert response.usage
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(response.id)


async def test_a_response_is_streamed(client: AsyncOpenAI, model: str) -> None:
    async with client.responses.stream(model=model, input="Why does a river bend?", store=False) as stream:
        events = [event async for event in stream]
        final = await stream.get_final_response()
    assert [event.sequence_number for event in events] == list(range(len(events)))
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == final.output_text


async def test_the_provider_is_asked_as_the_caller_asked(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    items: list[Any] = [
        {"role": "user", "content": [
            {"type": "input_text", "text": "What is it?"},
            {"type": "input_image", "image_url": "https://example.org/a.png", "detail": "low"},
        ]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
        {"role": "developer", "content": "Now answer."},
    ]  # fmt: skip
    provider.default = Script(text='{"a": "b"}')
    await client.responses.create(
        model="plain", input=items, instructions="Be brief.", store=False, tools=TOOLS, tool_choice="auto",
        temperature=0.5, top_p=0.9, max_output_tokens=99, user="u", reasoning={"effort": "low"},
        text={"format": {"type": "json_schema", "name": "thing", "schema": schema, "strict": True}},
    )  # fmt: skip
    body = provider.calls[0].body
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "tool", "system"]
    assert body["messages"][1]["content"][1]["image_url"] == {"url": "https://example.org/a.png", "detail": "low"}
    assert body["messages"][2]["tool_calls"][0]["id"] == "c1"
    assert (body["temperature"], body["top_p"], body["reasoning_effort"], body["user"]) == (0.5, 0.9, "low", "u")
    assert body["response_format"]["json_schema"]["name"] == "thing"
    assert body["tools"][0]["function"]["name"] == "weather"


async def test_a_call_is_made_and_answered(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    provider.queue.append(Script(words=0, calls=({"name": "weather", "arguments": {"city": "Paris"}},)))
    asked = await client.responses.create(model="plain", input="Weather?", tools=TOOLS, store=False)
    (call,) = asked.output
    assert call.type == "function_call"
    assert json.loads(call.arguments) == {"city": "Paris"}
    output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    history: list[Any] = [{"role": "user", "content": "Weather?"}, call, output]
    answered = await client.responses.create(model="plain", input=history, tools=TOOLS, store=False)
    assert answered.output_text
    assert provider.calls[1].body["messages"][-1] == {
        "role": "tool", "tool_call_id": call.call_id, "content": "sunny"
    }  # fmt: skip


async def test_a_failure_in_the_middle_is_raised(client: AsyncOpenAI) -> None:
    stream = await client.responses.create(model="error_in_stream", input="a", store=False, stream=True)
    with pytest.raises(openai.APIError) as failed:
        [event async for event in stream]
    assert failed.value.code == "provider_unavailable"
    with pytest.raises(openai.APIStatusError):
        await client.responses.create(model="s503", input="a", store=False, stream=True)


async def test_a_key_answers_once(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await client.responses.create(model="plain", input="a", store=False, extra_headers=headers)
    again = await client.responses.create(model="plain", input="a", store=False, extra_headers=headers)
    assert first == again
    assert len(provider.calls) == 1


async def test_a_long_conversation_is_made_short_and_gone_on_with(
    client: AsyncOpenAI, provider: ScriptedProvider
) -> None:
    first = await client.responses.create(model="plain", input="My name is Ann.")
    compact = await client.responses.compact(model="plain", input="And I am 40.", previous_response_id=first.id)
    asked = provider.calls[-1].body["messages"]
    assert [message["role"] for message in asked] == ["system", "user", "assistant", "user", "user"]
    assert compact.object == "response.compaction"
    assert compact.usage.total_tokens
    assert [item.type for item in compact.output] == ["compaction"]
    items: list[Any] = [*(item.to_dict() for item in compact.output), {"role": "user", "content": "How old am I?"}]
    await client.responses.create(model="plain", input=items, store=False)
    messages = [message["content"] for message in provider.calls[-1].body["messages"]]
    assert messages[0].endswith("\n\nw0 w1 w2 w3 w4")
    assert messages[1:] == ["How old am I?"]
    forged: Any = {"type": "compaction", "encrypted_content": "AAAA"}
    with pytest.raises(openai.BadRequestError) as refused:
        await client.responses.create(model="plain", input=[forged])
    assert refused.value.param == "input[0].encrypted_content"
