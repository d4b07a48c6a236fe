"""A bad request is 400 in OpenAI's shape, names the field and reaches no provider."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.support.app import Parley, parley
from tests.support.provider import ScriptedProvider

ROUTE = "/v1/chat/completions"
HI: dict[str, Any] = {"role": "user", "content": "hi"}
SHAPE = {"message", "type", "param", "code"}
TOOL = {"type": "function", "function": {"name": "time"}}


def said(**message: Any) -> dict[str, Any]:
    return {"messages": [HI, message]}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"messages": []}, "messages"),
    ({"messages": "hi"}, "messages"),
    ({"messages": [HI] * 1001}, "messages"),
    ({"messages": ["hi"]}, "messages[0]"),
    (said(role="robot", content="hi"), "messages[1].role"),
    (said(content="hi"), "messages[1].role"),
    (said(role="user"), "messages[1]"),
    (said(role="user", content=5), "messages[1].content"),
    (said(role="user", content="a\x00b"), "messages[1].content"),
    (said(role="user", content="x" * 1_000_001), "messages[1].content"),
    (said(role="user", content=[]), "messages[1].content"),
    (said(role="user", content=[{"text": "hi"}]), "messages[1].content[0].type"),
    (said(role="user", content=[{"type": "text"}]), "messages[1].content[0]"),
    (said(role="user", content=[{"type": "image_url"}]), "messages[1].content[0]"),
    (said(role="user", content=[{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]),
     "messages[1].content[0]"),
    (said(role="user", content=[{"type": "video_url", "video_url": {"url": "gopher://x"}}]), "messages[1].content[0]"),
    (said(role="tool", content="noon"), "messages[1]"),
    (said(role="assistant", content=None, tool_calls=[{"function": {"name": "a", "arguments": "{}"}}]),
     "messages[1].tool_calls[0].id"),
    (said(role="assistant", tool_calls=[{"id": "a", "function": {"name": "a", "arguments": {}}}]),
     "messages[1].tool_calls[0].function.arguments"),
    ({"model": ""}, "model"),
    ({"model": 5}, "model"),
    ({"model": None}, "model"),
    ({"model": "http://127.0.0.1:1/v1"}, "model"),
    ({"model": "a\nb"}, "model"),
    ({"model": "x" * 201}, "model"),
    ({"temperature": 2.1}, "temperature"),
    ({"temperature": "0.5"}, "temperature"),
    ({"top_p": 1.5}, "top_p"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"max_completion_tokens": 10**9}, "max_completion_tokens"),
    ({"n": 0}, "n"),
    ({"n": 10**6}, "n"),
    ({"n": True}, "n"),
    ({"stop": ["a"] * 17}, "stop"),
    ({"stop": [5]}, "stop[0]"),
    ({"seed": 1.5}, "seed"),
    ({"seed": 2**63}, "seed"),
    ({"stream": "yes"}, "stream"),
    ({"stream_options": {"include_usage": True}}, "stream_options"),
    ({f"x{i}": i for i in range(101)}, "body"),
    ({"stream": True, "stream_options": {"include_usage": "yes"}}, "stream_options.include_usage"),
    ({"tools": [{"type": "mcp", "server_url": "http://127.0.0.1:1"}]}, "tools[0].type"),
    ({"tools": [{"type": "function"}]}, "tools[0]"),
    ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name"),
    ({"tools": [TOOL] * 257}, "tools"),
    ({"tools": [TOOL], "tool_choice": "sometimes"}, "tool_choice"),
    ({"response_format": {"type": "xml"}}, "response_format.type"),
    ({"response_format": {"type": "json_schema"}}, "response_format"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "a b"}}}, "response_format.json_schema.name"),
    ({"logprobs": 5}, "logprobs"),
    ({"top_logprobs": 21}, "top_logprobs"),
    ({"metadata": {str(i): "x" for i in range(17)}}, "metadata"),
    ({"metadata": {"a": 5}}, "metadata.a"),
    ({"store": "yes"}, "store"),
    ({"store": True, "n": 2}, "n"),
    ({"store": True, "metadata": {"a" * 65: ""}}, "metadata"),
]  # fmt: skip
OPERATORS = [
    "base_url", "api_base", "api_key", "apiKey", "api-key", "api_version", "extra_headers", "extra_body", "extra_query",
    "headers", "organization", "project", "baseURL", "custom_llm_provider", "aws_region_name", "azure_ad_token",
    "vertex_credentials", "litellm_params", "user_config", "fallbacks", "langfuse_host", "webhook", "proxy", "timeout",
    "max_retries", "auth_token", "http_client", "deployment_id",
]  # fmt: skip


@pytest.mark.parametrize(("bad", "param"), BAD, ids=lambda value: str(value)[:60])
async def test_a_bad_body_is_400_and_names_the_field(
    app: Parley, provider: ScriptedProvider, bad: dict[str, Any], param: str
) -> None:
    response = await app.http.post(ROUTE, json={"model": "plain", "messages": [HI], **bad})

    error = response.json()["error"]
    assert response.status_code == 400, response.text
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert set(error) == SHAPE
    assert len(response.text) < 1000  # nothing is echoed
    assert provider.calls == []


@pytest.mark.parametrize("name", OPERATORS)
async def test_where_a_request_goes_and_with_whose_right_is_not_the_callers_to_say(
    client: AsyncOpenAI, provider: ScriptedProvider, name: str
) -> None:
    messages: list[Any] = [HI]
    for value in ("http://127.0.0.1:1", {"x": "y"}, None):
        with pytest.raises(openai.BadRequestError) as refused:
            await client.chat.completions.create(model="plain", messages=messages, extra_body={name: value})
        assert refused.value.param == name
    assert provider.calls == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"nonsense",
        b"[]",
        b'"hi"',
        b"null",
        b'{"model": "m", "messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "\xff\xfe"}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": NaN}',
        b'{"model": "m", "messages": [{"role": "user", "content": "hi"}], "unknown": NaN}',
        b'{"model": "m", "messages": [{"role": "user", "content": "hi"}], "unknown": "\\ud800"}',
        b'{"model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": 1e999}',
        b'{"model": "m", "messages": [{"role": "user", "content": "hi"}], "seed": 1' + b"0" * 5000 + b"}",
        b'{"model": "m", "messages": [{"role": "user", "content": "hi"}], "unknown": ' + b"[" * 100_000,
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda raw: repr(raw[-40:]),
)
async def test_bytes_that_are_no_good_json_are_400(app: Parley, provider: ScriptedProvider, raw: bytes) -> None:
    response = await app.http.post(ROUTE, content=raw, headers={"content-type": "application/json"})

    assert response.status_code == 400, response.text
    assert set(response.json()["error"]) == SHAPE
    assert provider.calls == []


async def test_a_nesting_that_is_too_deep_is_400(app: Parley) -> None:
    for depth, statuses in ((50, {200}), (900, {200, 400}), (2000, {400}), (50_000, {400})):
        deep = b"[" * depth + b"]" * depth
        raw = b'{"model": "plain", "messages": [{"role": "user", "content": "hi"}], "unknown": %b}' % deep
        response = await app.http.post(ROUTE, content=raw, headers={"content-type": "application/json"})
        assert response.status_code in statuses, response.text


async def test_other_ways_to_send_json_are_no_way_in(app: Parley, provider: ScriptedProvider) -> None:
    raw = b'{"model": "plain", "messages": [{"role": "user", "content": "hi"}]}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        response = await app.http.post(ROUTE, content=raw, headers={"content-type": kind})
        assert response.status_code == 400
    assert provider.calls == []


async def test_a_body_that_is_too_large_is_413(app: Parley) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000
            await asyncio.sleep(0)

    for content in (b"x" * 10_000_000, endless()):
        response = await app.http.post(ROUTE, content=content, headers={"content-type": "application/json"})
        assert response.status_code == 413
        assert set(response.json()["error"]) == SHAPE


async def test_unknown_routes_and_verbs_are_told_in_openais_words(app: Parley) -> None:
    for verb, path, status in (("GET", "/v1/nowhere", 404), ("PUT", ROUTE, 405), ("GET", ROUTE, 405)):
        response = await app.http.request(verb, path)
        assert response.status_code == status
        assert set(response.json()["error"]) == SHAPE
        assert response.headers["x-request-id"]
    assert (await app.http.get("/nowhere")).headers["content-type"] == "application/problem+json"


async def test_who_may_not_ask_is_told_in_openais_words() -> None:
    key = "a-key-long-enough-to-be-one"
    async with parley(auth="required", api_key=key) as app:
        messages: list[Any] = [HI]
        async with AsyncOpenAI(base_url=f"{app.url}/v1", api_key="wrong", max_retries=0) as stranger:
            with pytest.raises(openai.AuthenticationError) as refused:
                await stranger.chat.completions.create(model="demo:parrot", messages=messages)
        assert (refused.value.code, refused.value.type) == ("invalid_api_key", "invalid_request_error")
        assert refused.value.request_id
        async with AsyncOpenAI(base_url=f"{app.url}/v1", api_key=key, max_retries=0) as friend:
            assert (await friend.chat.completions.create(model="demo:parrot", messages=messages)).choices
            assert [model.id async for model in friend.models.list()]


async def test_a_page_of_another_origin_is_told_in_openais_words(app: Parley, provider: ScriptedProvider) -> None:
    body = {"model": "plain", "messages": [HI]}
    response = await app.http.post(ROUTE, json=body, headers={"origin": "https://evil.example"})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")
    assert provider.calls == []
