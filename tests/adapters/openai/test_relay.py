"""A chat completion that passes: nothing is lost on the way, and nothing half is taken for whole."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from adapters.openai.relay import OpenAIChatRelay
from adapters.openai.server import OpenAIServer
from domain.errors import (
    ProviderAnswerInvalid,
    ProviderCredentialsRefused,
    ProviderFailure,
    ProviderOverloaded,
    ProviderRejectedRequest,
    ProviderTimedOut,
    ProviderUnavailable,
)
from tests.support.provider import Script, ScriptedProvider

HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello"}]}
STREAM = HELLO | {"stream": True}
WORDS = "w0 w1 w2 w3 w4"


@pytest.fixture
def relay(connect: Callable[..., OpenAIServer]) -> OpenAIChatRelay:
    return OpenAIChatRelay(connect())


class Passed:
    """What a reader got of a stream, and the failure that ended it, if one did."""

    def __init__(self) -> None:
        self.raw = b""
        self.failure: ProviderFailure | None = None

    @property
    def data(self) -> list[str]:
        events = self.raw.decode().split("\n\n")
        assert events.pop() == ""
        assert all(event.startswith("data: ") and "\n" not in event for event in events)
        return [event.removeprefix("data: ") for event in events]

    @property
    def chunks(self) -> list[dict[str, Any]]:
        return [json.loads(data) for data in self.data if data != "[DONE]"]

    @property
    def text(self) -> str:
        deltas = [choice["delta"] for chunk in self.chunks for choice in chunk["choices"]]
        return "".join(delta.get("content") or "" for delta in deltas)

    @property
    def done(self) -> bool:
        """`[DONE]` comes last, and once."""
        assert self.data.count("[DONE]") <= 1
        return self.data[-1:] == ["[DONE]"]


async def passed(relay: OpenAIChatRelay, model: str = "scripted", body: dict[str, Any] = STREAM) -> Passed:
    out = Passed()
    try:
        async with aclosing(relay.stream(body, model=model)) as pieces:
            async for piece in pieces:
                assert piece.endswith(b"\n\n")
                out.raw += piece
    except ProviderFailure as failure:
        out.failure = failure
    return out


async def test_the_request_arrives_as_it_was_but_for_the_models_name(
    relay: OpenAIChatRelay, provider: ScriptedProvider, key: str
) -> None:
    body = STREAM | {"model": "openai:scripted", "vendor": {"deep": [1, None, "é"]}, "temperature": 0.0, "n": 1}
    await passed(relay, "scripted", body)
    assert provider.calls[0].body == body | {"model": "scripted"}
    assert provider.calls[0].headers["authorization"] == f"Bearer {key}"


async def test_no_field_of_a_chunk_is_lost(relay: OpenAIChatRelay, provider: ScriptedProvider) -> None:
    provider.default = Script(words=2, extra={"system_fingerprint": "fp_1", "vendor": {"deep": ["é", None]}})
    out = await passed(relay, body=STREAM | {"logprobs": True, "top_logprobs": 2})

    assert out.done
    assert all(chunk["vendor"] == {"deep": ["é", None]} for chunk in out.chunks)
    assert len(out.chunks[1]["choices"][0]["logprobs"]["content"][0]["top_logprobs"]) == 2


async def test_every_choice_passes(relay: OpenAIChatRelay) -> None:
    out = await passed(relay, body=STREAM | {"n": 2})
    assert {choice["index"] for chunk in out.chunks for choice in chunk["choices"]} == {0, 1}
    assert out.done


async def test_usage_passes_when_it_was_asked_for_and_is_not_asked_for_unasked(relay: OpenAIChatRelay) -> None:
    out = await passed(relay, body=STREAM | {"stream_options": {"include_usage": True}})
    assert out.chunks[-1]["usage"]["completion_tokens"] == 5
    assert not any("usage" in chunk for chunk in (await passed(relay)).chunks)


HEALTHY = [
    "scripted", "no_done", "double_done", "crlf", "cr", "comments", "split", "crlf,comments,split", "reset_last",
    "cut_last", "end_last", "error_last", "garbage_last", "partial_last", "chunked=false", "chunked=false,done=0",
    "delay=0.002", "length",
]  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
async def test_a_stream_with_a_finish_reason_is_whole_and_ends_in_done(relay: OpenAIChatRelay, name: str) -> None:
    out = await passed(relay, name)
    assert (out.failure, out.text, out.done) == (None, WORDS, True)


BROKEN = [
    ("truncate", ProviderAnswerInvalid, "w0 w1"),
    ("end_first", ProviderAnswerInvalid, ""),
    ("done_without_finish", ProviderAnswerInvalid, WORDS),
    ("partial_json", ProviderAnswerInvalid, "w0 w1"),
    ("garbage_mid", ProviderAnswerInvalid, "w0 w1"),
    ("garbage", ProviderAnswerInvalid, ""),
    ("html200", ProviderAnswerInvalid, ""),
    ("error_mid", ProviderUnavailable, "w0 w1"),
    ("error_first", ProviderUnavailable, ""),
    ("reset_mid", ProviderUnavailable, "w0 w1"),
    ("cut_mid", ProviderUnavailable, "w0 w1"),
    ("stall_mid", ProviderTimedOut, "w0 w1"),
    ("stall_first", ProviderTimedOut, ""),
    ("s401", ProviderCredentialsRefused, ""),
    ("s400", ProviderRejectedRequest, ""),
    ("s429", ProviderOverloaded, ""),
    ("s503", ProviderUnavailable, ""),
]


@pytest.mark.parametrize(("name", "failure", "text"), BROKEN)
async def test_what_is_not_whole_ends_in_a_failure_and_never_in_done(
    connect: Callable[..., OpenAIServer], name: str, failure: type[ProviderFailure], text: str
) -> None:
    relay = OpenAIChatRelay(connect(first_byte_seconds=0.1, idle_seconds=0.1))
    out = await passed(relay, name)
    assert isinstance(out.failure, failure)
    assert (out.text, out.done) == (text, False)


async def test_a_choice_that_is_cut_is_not_made_up_for_by_another(
    relay: OpenAIChatRelay, provider: ScriptedProvider
) -> None:
    first = 'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n'
    second = 'data: {"choices":[{"index":1,"delta":{"content":"b"},"finish_reason":null}]}\n\n'
    for raw in (first + second + "data: [DONE]\n\n", first + second, second + first, first):
        provider.queue.append(Script(raw=raw))
        out = await passed(relay, body=STREAM | {"n": 2})
        assert isinstance(out.failure, ProviderAnswerInvalid)
        assert not out.done


async def test_a_server_that_knows_one_choice_only_says_so_with_done(
    relay: OpenAIChatRelay, provider: ScriptedProvider
) -> None:
    provider.default = Script(raw='data: {"choices":[{"index":0,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
    assert (await passed(relay, body=STREAM | {"n": 2})).done


@pytest.mark.parametrize(
    ("said", "heard"),
    [(b"\xff", "\ufffd"), (b"a\x01b", "a\x01b"), (b'", "odd": NaN, "more": "', ""), ("é🦜".encode(), "é🦜")],
    ids=["not UTF-8", "a control character", "NaN", "UTF-8"],
)
async def test_what_no_reader_could_read_is_mended(
    relay: OpenAIChatRelay, provider: ScriptedProvider, said: bytes, heard: str
) -> None:
    raw = b'data: {"choices":[{"index":0,"delta":{"content":"%b"},"finish_reason":"stop"}]}\n\n' % said
    provider.default = Script(raw=raw.decode(errors="surrogateescape"))
    out = await passed(relay)
    assert (out.text, out.done) == (heard, True)
    assert "NaN" not in out.raw.decode()


async def test_data_on_several_lines_passes_on_one(relay: OpenAIChatRelay, provider: ScriptedProvider) -> None:
    provider.default = Script(raw='data: {"choices":\ndata: [{"index":0,"finish_reason":"stop"}]}\n\n')
    out = await passed(relay)
    assert out.chunks == [{"choices": [{"index": 0, "finish_reason": "stop"}]}]


@pytest.mark.parametrize("raw", ["data: " + "x" * 5_000_000, 'data: {"choices":' + "[" * 100_000 + "\n\n"])
async def test_an_event_that_is_too_much_is_an_invalid_answer(
    relay: OpenAIChatRelay, provider: ScriptedProvider, raw: str
) -> None:
    provider.default = Script(raw=raw)
    assert isinstance((await passed(relay)).failure, ProviderAnswerInvalid)


async def test_an_attempt_that_failed_is_made_again(
    relay: OpenAIChatRelay, provider: ScriptedProvider, waits: list[float]
) -> None:
    assert (await passed(relay, "s503,fails=2")).text == WORDS
    assert json.loads(await relay.whole(HELLO, model="s500,fails=1"))["choices"]
    assert (len(provider.calls), len(waits)) == (5, 3)


async def test_a_whole_answer_is_the_providers_own_document(relay: OpenAIChatRelay, provider: ScriptedProvider) -> None:
    provider.default = Script(extra={"vendor": [1]}, calls=({"name": "time", "arguments": "{}"},))
    whole = json.loads(await relay.whole(HELLO | {"n": 2, "logprobs": True}, model="scripted"))

    assert whole["vendor"] == [1]
    assert len(whole["choices"]) == 2
    assert whole["choices"][1]["message"]["tool_calls"][0]["function"]["name"] == "time"
    assert whole["choices"][0]["logprobs"]["content"]


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        ({"raw": '{"error": {"message": "no", "code": 429}}'}, ProviderOverloaded),
        ({"raw": '{"choices": []}'}, ProviderAnswerInvalid),
        ({"raw": "{}"}, ProviderAnswerInvalid),
        ({"raw": "[1]"}, ProviderAnswerInvalid),
        ({"raw": '{"choices": [{"index"'}, ProviderAnswerInvalid),
        ({"raw": "<!DOCTYPE html>"}, ProviderAnswerInvalid),
        ({"status": 401}, ProviderCredentialsRefused),
        ({"fault": "reset", "when": "headers"}, ProviderUnavailable),
    ],
    ids=str,
)
async def test_a_whole_answer_that_is_none_is_a_failure(
    relay: OpenAIChatRelay, provider: ScriptedProvider, script: dict[str, Any], failure: type[ProviderFailure]
) -> None:
    provider.default = Script(**script)
    with pytest.raises(failure):
        await relay.whole(HELLO, model="scripted")


async def test_a_whole_answer_may_take_its_time_and_no_more_than_the_total(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider
) -> None:
    relay = OpenAIChatRelay(connect(first_byte_seconds=0.05, idle_seconds=0.05, total_seconds=0.4))
    assert await relay.whole(HELLO, model="wait=0.15")
    with pytest.raises(ProviderTimedOut, match="total"):
        await relay.whole(HELLO, model="stall_headers")


async def test_a_vendors_code_and_parameter_come_with_a_rejection(
    relay: OpenAIChatRelay, provider: ScriptedProvider
) -> None:
    provider.default = Script(status=400, code="context_length_exceeded")
    with pytest.raises(ProviderRejectedRequest) as refused:
        await relay.whole(HELLO, model="scripted")
    assert refused.value.vendor_code == "context_length_exceeded"
    provider.default = Script(status=404, message="model 'x' not found")
    with pytest.raises(ProviderRejectedRequest) as refused:
        await relay.whole(HELLO, model="scripted")
    assert refused.value.vendor_code == "model_not_found"
    provider.default = Script(status=400, code="sk-secret something long " * 9)
    with pytest.raises(ProviderRejectedRequest) as refused:
        await relay.whole(HELLO, model="scripted")
    assert refused.value.vendor_code is None


async def test_the_next_answer_comes_over_the_same_connection(
    relay: OpenAIChatRelay, provider: ScriptedProvider
) -> None:
    for name in ("scripted", "no_done", "ending=0.02"):
        await passed(relay, name)
        await relay.whole(HELLO, model=name)
    assert provider.connections_ever == 1


@pytest.fixture
async def no_call_is_left(provider: ScriptedProvider) -> AsyncIterator[None]:
    yield
    await provider.until(lambda: provider.open_calls == 0)


@pytest.mark.usefixtures("no_call_is_left")
async def test_a_failure_or_a_reader_that_leaves_closes_the_call(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider
) -> None:
    relay = OpenAIChatRelay(connect(idle_seconds=0.1))
    async with aclosing(relay.stream(STREAM, model="words=1000,delay=0.005")) as pieces:
        await anext(pieces)
    await provider.until(lambda: provider.calls[0].aborted)
    await passed(relay, "stall_mid")
    await passed(relay, "html200,chunked=false")
