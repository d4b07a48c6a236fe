"""Chat completions by OpenAI's own client: from a provider that speaks the dialect, and from one that does not."""

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel

from tests.support.app import Parley
from tests.support.provider import Script, ScriptedProvider

MODELS = ["plain", "demo:parrot"]
HELLO: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why does a river bend?"}]


async def streamed(client: AsyncOpenAI, **request: Any) -> list[ChatCompletionChunk]:
    request = {"messages": HELLO, "model": "plain", **request}
    stream = await client.chat.completions.create(stream=True, **request)
    return [chunk async for chunk in stream]


def text_of(chunks: list[ChatCompletionChunk], index: int = 0) -> str:
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices if choice.index == index]
    return "".join(delta.content or "" for delta in deltas)


@pytest.mark.parametrize("model", MODELS)
async def test_an_answer_is_the_same_streamed_and_whole(client: AsyncOpenAI, model: str) -> None:
    chunks = await streamed(client, model=model)
    whole = await client.chat.completions.create(model=model, messages=HELLO)

    assert whole.choices[0].message.content
    assert text_of(chunks) == whole.choices[0].message.content
    assert (whole.object, whole.choices[0].message.role, whole.choices[0].finish_reason) == (
        "chat.completion",
        "assistant",
        "stop",
    )
    assert whole.usage
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
    assert whole.id
    assert whole.created


@pytest.mark.parametrize("model", MODELS)
async def test_a_stream_is_of_one_piece(client: AsyncOpenAI, model: str) -> None:
    chunks = await streamed(client, model=model)

    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    reasons = [choice.finish_reason for chunk in chunks for choice in chunk.choices]
    assert reasons == [*[None] * (len(reasons) - 1), "stop"]
    assert all(chunk.usage is None for chunk in chunks)


@pytest.mark.parametrize("model", MODELS)
async def test_usage_comes_last_when_it_is_asked_for(client: AsyncOpenAI, model: str) -> None:
    *chunks, last = await streamed(client, model=model, stream_options={"include_usage": True})

    assert last.choices == []
    assert last.usage
    assert last.usage.completion_tokens > 0
    assert all(chunk.choices and chunk.usage is None for chunk in chunks)


@pytest.mark.parametrize("model", MODELS)
async def test_every_field_that_changes_nothing_here_is_taken(client: AsyncOpenAI, model: str) -> None:
    whole = await client.chat.completions.create(
        model=model,
        messages=[
            {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
            {"role": "user", "name": "Ann", "content": "Hello"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": [{"type": "text", "text": "And "}, {"type": "text", "text": "then?"}]},
        ],
        temperature=0.2,
        top_p=0.9,
        max_completion_tokens=500,
        n=1,
        stop=["no such words"],
        seed=7,
        presence_penalty=0.1,
        frequency_penalty=-0.1,
        logit_bias={"50256": -100},
        logprobs=False,
        user="ann",
        metadata={"trip": "1"},
        store=False,
        reasoning_effort="low",
        service_tier="auto",
        prompt_cache_key="k",
        response_format={"type": "text"},
        extra_body={"top_k": 40, "chat_template_kwargs": {"thinking": False}, "stop_token_ids": [1]},
    )
    assert whole.choices[0].finish_reason == "stop"


async def test_a_provider_gets_the_request_as_it_was(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    picture = {"type": "image_url", "image_url": {"url": "http://127.0.0.1:1/never-fetched.png", "detail": "low"}}
    asked: dict[str, Any] = {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, picture]}],
        "max_completion_tokens": 5,
        "seed": 7,
        "logit_bias": {"1": 2},
    }
    await client.chat.completions.create(model="openai:plain", extra_body={"vendor": {"deep": [1.5, None]}}, **asked)

    assert provider.calls[0].body == asked | {"model": "plain", "vendor": {"deep": [1.5, None]}}


async def test_what_only_the_provider_knows_comes_back(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    provider.default = Script(words=3, extra={"system_fingerprint": "fp_1", "vendor_note": "kept"})
    whole = await client.chat.completions.create(model="plain", messages=HELLO, n=2, logprobs=True, top_logprobs=2)
    chunks = await streamed(client, n=2, logprobs=True, top_logprobs=2)

    assert [choice.index for choice in whole.choices] == [0, 1]
    assert whole.choices[1].logprobs
    assert whole.choices[1].logprobs.content
    assert len(whole.choices[1].logprobs.content[0].top_logprobs) == 2
    assert (whole.system_fingerprint, whole.model_extra) == ("fp_1", {"vendor_note": "kept"})
    assert text_of(chunks, 0) == text_of(chunks, 1) == "w0 w1 w2"
    assert chunks[1].choices[1].logprobs
    assert all(chunk.model_extra == {"vendor_note": "kept"} for chunk in chunks)


@pytest.mark.parametrize(("field", "value"), [("n", 2), ("logprobs", True)])
async def test_what_a_model_cannot_give_is_refused_by_name(client: AsyncOpenAI, field: str, value: object) -> None:
    request: dict[str, Any] = {"model": "demo:parrot", "messages": HELLO, field: value}
    with pytest.raises(openai.BadRequestError) as refused:
        await client.chat.completions.create(**request)
    assert refused.value.param == field


class Bird(BaseModel):
    name: str
    age: int


@pytest.mark.parametrize("model", MODELS)
async def test_an_answer_can_have_a_shape(client: AsyncOpenAI, provider: ScriptedProvider, model: str) -> None:
    provider.default = Script(text='{"name": "Polly", "age": 3}')
    parsed = await client.chat.completions.parse(model=model, messages=HELLO, response_format=Bird)
    assert isinstance(parsed.choices[0].message.parsed, Bird)

    provider.default = Script(text="{}")
    whole = await client.chat.completions.create(model=model, messages=HELLO, response_format={"type": "json_object"})
    assert isinstance(json.loads(whole.choices[0].message.content or ""), dict)


async def test_the_clients_own_streaming_helper_reads_it(client: AsyncOpenAI) -> None:
    async with client.chat.completions.stream(model="demo:parrot", messages=HELLO) as stream:
        events = [event.type async for event in stream]
        final: ChatCompletion = await stream.get_final_completion()
    assert "content.delta" in events
    assert final.choices[0].message.content


async def test_reasoning_is_beside_the_answer(client: AsyncOpenAI) -> None:
    think: list[Any] = [{"role": "user", "content": "think"}]
    whole = await client.chat.completions.create(model="demo:parrot", messages=think)
    chunks = await streamed(client, model="demo:parrot", messages=think)

    reasoning = "".join(getattr(chunk.choices[0].delta, "reasoning_content", "") for chunk in chunks)
    assert reasoning
    assert whole.choices[0].message.model_extra == {"reasoning_content": reasoning}


async def test_an_answer_at_its_limit_says_so(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="demo:parrot", messages=HELLO, max_tokens=3)
    assert whole.choices[0].finish_reason == "length"
    assert (await streamed(client, model="length"))[-1].choices[0].finish_reason == "length"


async def test_a_refusal_comes_as_one(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    provider.default = Script(refusal="I would rather not.")
    whole = await client.chat.completions.create(model="plain", messages=HELLO)
    assert (whole.choices[0].message.refusal, whole.choices[0].message.content) == ("I would rather not.", None)


async def test_nothing_is_stored(app: Parley, client: AsyncOpenAI) -> None:
    for model in MODELS:
        await streamed(client, model=model)
    assert (await app.http.get("/conversations")).json() == []


@pytest.mark.parametrize("stream", [False, True])
async def test_a_key_makes_the_same_request_one_request(app: Parley, provider: ScriptedProvider, stream: bool) -> None:
    body = {"model": "plain", "messages": HELLO, "stream": stream}
    headers = {"Idempotency-Key": "once"}
    first = await app.http.post("/v1/chat/completions", json=body, headers=headers)
    again = await app.http.post("/v1/chat/completions", json=body, headers=headers)
    other = await app.http.post("/v1/chat/completions", json=body | {"seed": 1}, headers=headers)

    assert (first.status_code, first.content) == (200, again.content)
    assert (other.status_code, other.json()["error"]["param"]) == (400, "Idempotency-Key")
    assert len(provider.calls) == 1
