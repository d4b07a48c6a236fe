"""A stranger's failure in OpenAI's words: the client raises it, and never takes a cut answer for a whole one."""

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk

from tests.entrypoints.openai.conftest import KEY
from tests.support.app import Parley
from tests.support.provider import Script, ScriptedProvider

HELLO: list[Any] = [{"role": "user", "content": "hi"}]

BEFORE_THE_FIRST_WORD = [
    ("s401", 502, "provider_credentials_refused", openai.InternalServerError),
    ("s403", 502, "provider_credentials_refused", openai.InternalServerError),
    ("s400", 400, "provider_rejected_request", openai.BadRequestError),
    ("s404", 400, "provider_rejected_request", openai.BadRequestError),
    ("s429", 429, "rate_limit_exceeded", openai.RateLimitError),
    ("s500", 502, "provider_unavailable", openai.InternalServerError),
    ("s503", 502, "provider_unavailable", openai.InternalServerError),
    ("stall_headers", 504, "provider_timed_out", openai.InternalServerError),
    ("stall_first", 504, "provider_timed_out", openai.InternalServerError),
    ("reset_headers", 502, "provider_unavailable", openai.InternalServerError),
    ("garbage", 502, "provider_answer_invalid", openai.InternalServerError),
    ("html200", 502, "provider_answer_invalid", openai.InternalServerError),
    ("error_first", 502, "provider_unavailable", openai.InternalServerError),
]
STREAM_ONLY = ("stall_first", "error_first")
"""What a script does after the headers of a stream, which a whole answer has no such moment for."""
AFTER_TWO_WORDS = [
    ("stall_mid", "provider_timed_out"),
    ("reset_mid", "provider_unavailable"),
    ("cut_mid", "provider_unavailable"),
    ("truncate", "provider_answer_invalid"),
    ("partial_json", "provider_answer_invalid"),
    ("error_in_stream", "provider_unavailable"),
    ("done_without_finish", "provider_answer_invalid"),
]
HEALTHY = ["no_done", "double_done", "no_usage", "usage_in_finish", "crlf", "cr", "comments", "split=1", "crlf,split=1"]


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> dict[str, float]:
    """Short where the provider stalls: nobody else is to be hurried."""
    stalls = str(request.node.callspec.params.get("model", "") if hasattr(request.node, "callspec") else "")
    short = {"first_byte_seconds": 0.3, "idle_seconds": 0.3, "total_seconds": 1} if stalls.startswith("stall") else {}
    return {"provider_attempts": 1, **short}


def clean(text: str, provider: ScriptedProvider) -> None:
    """Neither the key nor the address of the provider, nor a traceback."""
    assert KEY not in text
    assert provider.url.removeprefix("http://").split("/")[0] not in text
    assert "Traceback" not in text


@pytest.mark.parametrize(("model", "status", "code", "kind"), BEFORE_THE_FIRST_WORD)
async def test_a_failure_before_the_first_word_has_its_status_and_its_class(
    client: AsyncOpenAI,
    provider: ScriptedProvider,
    model: str,
    status: int,
    code: str,
    kind: type[openai.APIStatusError],
) -> None:
    for stream in (True,) if model in STREAM_ONLY else (True, False):
        with pytest.raises(kind) as raised:
            await client.chat.completions.create(model=model, messages=HELLO, stream=stream)
        error = raised.value
        assert (error.status_code, error.code) == (status, code)
        assert error.type == {400: "invalid_request_error", 429: "rate_limit_error"}.get(status, "server_error")
        assert error.request_id
        assert error.response.headers["content-type"] == "application/json"
        clean(error.response.text, provider)


async def hear(stream: AsyncStream[ChatCompletionChunk], words: list[str]) -> None:
    async for chunk in stream:
        words.extend(choice.delta.content or "" for choice in chunk.choices)


@pytest.mark.parametrize(("model", "code"), AFTER_TWO_WORDS)
async def test_a_failure_in_mid_answer_is_raised_and_the_stream_never_says_done(
    app: Parley, client: AsyncOpenAI, provider: ScriptedProvider, model: str, code: str
) -> None:
    stream = await client.chat.completions.create(model=model, messages=HELLO, stream=True)
    words: list[str] = []
    with pytest.raises(openai.APIError) as raised:
        await hear(stream, words)

    assert "".join(words).split() == ["w0", "w1", "w2", "w3", "w4"][: 5 if model == "done_without_finish" else 2]
    assert raised.value.code == code
    body = {"model": model, "messages": HELLO, "stream": True}
    raw = (await app.http.post("/v1/chat/completions", json=body)).text
    assert "[DONE]" not in raw
    *_, last, end = raw.split("\n\n")
    assert end == ""
    assert set(json.loads(last.removeprefix("data: "))["error"]) == {"message", "type", "param", "code"}
    clean(raw, provider)


@pytest.mark.parametrize("model", HEALTHY)
async def test_the_many_shapes_of_a_healthy_stream_are_one_answer(app: Parley, client: AsyncOpenAI, model: str) -> None:
    words: list[str] = []
    await hear(await client.chat.completions.create(model=model, messages=HELLO, stream=True), words)
    assert "".join(words) == "w0 w1 w2 w3 w4"
    body = {"model": model, "messages": HELLO, "stream": True}
    raw = (await app.http.post("/v1/chat/completions", json=body)).text
    assert raw.count("data: [DONE]\n\n") == 1
    assert raw.endswith("data: [DONE]\n\n")


async def test_a_vendors_own_code_and_parameter_reach_the_client(
    client: AsyncOpenAI, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(status=400, code="context_length_exceeded", message="too long"))
    with pytest.raises(openai.BadRequestError) as raised:
        await client.chat.completions.create(model="plain", messages=HELLO)
    assert raised.value.code == "context_length_exceeded"

    provider.queue.append(Script(status=404, code="model_not_found"))
    with pytest.raises(openai.NotFoundError) as missing:
        await client.chat.completions.create(model="plain", messages=HELLO)
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
