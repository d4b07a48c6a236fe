"""Vectors through OpenAI's own client, which asks for base64 unless told otherwise."""

import base64
import json
import struct
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.app import Parley
from tests.support.provider import ScriptedProvider
from tests.support.provider.answers import vector_of

MODELS = ["plain", "demo:hashing"]


@pytest.mark.parametrize("model", MODELS)
async def test_the_clients_default_and_plain_numbers_are_the_same_vectors(client: AsyncOpenAI, model: str) -> None:
    texts = ["a river", "Grüße 🦜", "a river"]
    packed = await client.embeddings.create(model=model, input=texts)
    plain = await client.embeddings.create(model=model, input=texts, encoding_format="float")

    assert [item.index for item in packed.data] == [0, 1, 2]
    for one, other in zip(packed.data, plain.data, strict=True):
        assert one.embedding == pytest.approx(other.embedding, abs=1e-6)
    assert packed.data[0].embedding == packed.data[2].embedding != packed.data[1].embedding
    assert packed.usage.total_tokens == packed.usage.prompt_tokens > 0


async def test_they_are_the_providers_vectors(client: AsyncOpenAI) -> None:
    made = await client.embeddings.create(model="plain", input="a river")
    assert made.data[0].embedding == vector_of("a river", 8)


async def test_base64_is_of_little_endian_32_bit_numbers(app: Parley) -> None:
    body = {"model": "demo:hashing", "input": "a river", "encoding_format": "base64"}
    item = (await app.http.post("/v1/embeddings", json=body)).json()["data"][0]
    numbers = struct.unpack("<256f", base64.b64decode(item["embedding"]))
    assert sum(number * number for number in numbers) == pytest.approx(1)


async def test_vectors_can_be_of_another_length(client: AsyncOpenAI, provider: ScriptedProvider) -> None:
    made = await client.embeddings.create(model="demo:hashing", input="a river", dimensions=32)
    assert len(made.data[0].embedding) == 32

    await client.embeddings.create(model="plain", input="a river", dimensions=8)
    assert provider.calls[-1].body["dimensions"] == 8
    with pytest.raises(openai.InternalServerError):
        await client.embeddings.create(model="plain", input="a river", dimensions=9)


async def test_a_long_list_comes_back_in_order(client: AsyncOpenAI) -> None:
    made = await client.embeddings.create(model="plain", input=[f"text {i}" for i in range(2048)])
    assert len(made.data) == 2048
    assert made.data[2047].embedding == vector_of("text 2047", 8)


@pytest.mark.parametrize(
    ("bad", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input[1]"),
        ({"input": "a\x00"}, "input[0]"),
        ({"input": "x" * 32_001}, "input[0]"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": [1, 2, 3]}, "input"),
        ({"input": [[1, 2, 3]]}, "input"),
        ({"input": None}, "input"),
        ({}, "input"),
        ({"input": "a", "model": ""}, "model"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": "a", "dimensions": "8"}, "dimensions"),
        ({"input": "a", "encoding_format": "int8"}, "encoding_format"),
        ({"input": "a", "api_key": "sk-stolen"}, "api_key"),
        ({"input": "a", "base_url": "http://127.0.0.1:1"}, "base_url"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_bad_body_is_400_and_names_the_field(
    app: Parley, provider: ScriptedProvider, bad: dict[str, Any], param: str
) -> None:
    response = await app.http.post("/v1/embeddings", json={"model": "plain", **bad})
    assert response.status_code == 400, response.text
    assert response.json()["error"]["param"] == param
    assert provider.calls == []


async def test_a_failure_is_told_in_openais_words(client: AsyncOpenAI) -> None:
    for model, kind in (("s429", openai.RateLimitError), ("s500", openai.InternalServerError)):
        with pytest.raises(kind):
            await client.embeddings.create(model=model, input="a river")


async def test_a_key_makes_the_same_request_one_request(app: Parley, provider: ScriptedProvider) -> None:
    body = {"model": "plain", "input": "a river"}
    answers = [await app.http.post("/v1/embeddings", json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert json.loads(answers[0].content) == json.loads(answers[1].content)
    assert len(provider.calls) == 1
