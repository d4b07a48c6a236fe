"""A stranger's failure becomes a clear answer: never our 500, our silence or our hang, and nothing is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.support.app import Parley, parley, until
from tests.support.provider import Script, ScriptedProvider

KEY = "sk-secret-of-the-operator"
LIMITS = {"first_byte_seconds": 0.3, "idle_seconds": 0.3, "total_seconds": 10, "provider_attempts": 1}


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as running:
        yield running


@pytest.fixture
async def app(provider: ScriptedProvider) -> AsyncIterator[Parley]:
    async with parley(openai_api_key=KEY, openai_base_url=provider.url, model="openai:plain", **LIMITS) as running:
        yield running


BEFORE_THE_FIRST_WORD = [
    ("s401", 502, "provider_credentials_refused"),
    ("s403", 502, "provider_credentials_refused"),
    ("s400", 400, "provider_rejected_request"),
    ("s404", 400, "provider_rejected_request"),
    ("s429", 429, "provider_overloaded"),
    ("s500", 502, "provider_unavailable"),
    ("s503", 502, "provider_unavailable"),
    ("stall_headers", 504, "provider_timed_out"),
    ("stall_first", 504, "provider_timed_out"),
    ("reset_headers", 502, "provider_unavailable"),
    ("garbage", 502, "provider_answer_invalid"),
    ("html200", 502, "provider_answer_invalid"),
    ("error_first", 502, "provider_unavailable"),
]
AFTER_TWO_WORDS = [
    ("stall_mid", "provider_timed_out"),
    ("reset_mid", "provider_unavailable"),
    ("cut_mid", "provider_unavailable"),
    ("truncate", "stream_cut"),
    ("partial_json", "provider_answer_invalid"),
    ("error_in_stream", "provider_unavailable"),
    ("done_without_finish", "stream_cut"),
]
HEALTHY = ["no_done", "double_done", "no_usage", "usage_in_finish", "crlf", "cr", "comments", "split=1", "crlf,split=1"]


def clean(text: str, provider: ScriptedProvider) -> None:
    """Neither the key nor the address of the provider, nor a traceback."""
    assert KEY not in text
    assert provider.url.removeprefix("http://").split("/")[0] not in text
    assert "Traceback" not in text


@pytest.mark.parametrize(("model", "status", "code"), BEFORE_THE_FIRST_WORD)
async def test_a_failure_before_the_first_word_has_its_status_on_every_route(
    app: Parley, provider: ScriptedProvider, model: str, status: int, code: str
) -> None:
    stateless = {"messages": [{"role": "user", "content": "hi"}], "model": model}
    for route, body in (
        ("/chat", stateless),
        ("/chat/stream", stateless),
        ("/chat", {"message": "hi", "model": model}),
        ("/chat/stream", {"message": "hi", "model": model}),
    ):
        response = await app.http.post(route, json=body)
        problem = response.json()
        assert (response.status_code, problem["code"]) == (status, code), response.text
        assert response.headers["content-type"] == "application/problem+json"
        clean(response.text, provider)
        if "message" in body:
            await self_consistent(app, problem, "failed", "")


async def self_consistent(app: Parley, problem: dict[str, Any], status: str, content: str) -> None:
    """The failed turn is stored as what it is, and the conversation can go on."""
    run = (await app.http.get(f"/runs/{problem['run_id']}")).json()
    assert run["status"] == status
    assert run["problem"]["code"] == problem["code"]
    id = problem["conversation_id"]
    question, answer = (await app.http.get(f"/conversations/{id}/messages")).json()["messages"]
    assert question["content"] == "hi"
    assert (answer["status"], answer["content"]) == (status, content)
    again = await app.http.post("/chat", json={"message": "still there?", "conversation_id": id})
    assert again.json()["reply"] == "w0 w1 w2 w3 w4"


@pytest.mark.parametrize(("model", "code"), AFTER_TWO_WORDS)
async def test_a_failure_in_mid_answer_is_an_error_line_and_the_words_are_kept(
    app: Parley, provider: ScriptedProvider, model: str, code: str
) -> None:
    response = await app.http.post("/chat/stream", json={"message": "hi", "model": model})

    *tokens, last = [json.loads(line) for line in response.text.splitlines()]
    assert set(last) == {"error", "seq"}
    assert last["error"]["code"] == code
    assert not any("done" in line for line in tokens)
    clean(response.text, provider)
    words = "".join(line["token"] for line in tokens)
    assert words.split() == ["w0", "w1", "w2", "w3", "w4"][: 5 if model == "done_without_finish" else 2]
    await self_consistent(app, last["error"], "incomplete", words)


@pytest.mark.parametrize(("model", "code"), AFTER_TWO_WORDS)
async def test_a_stateless_stream_that_is_cut_never_says_done(app: Parley, model: str, code: str) -> None:
    body = {"messages": [{"role": "user", "content": "hi"}], "model": model}
    lines = [json.loads(line) for line in (await app.http.post("/chat/stream", json=body)).text.splitlines()]

    assert "error" in lines[-1]
    assert not any("done" in line for line in lines)
    whole = await app.http.post("/chat", json=body)
    assert whole.status_code in (502, 504)


@pytest.mark.parametrize("model", HEALTHY)
async def test_the_many_shapes_of_a_healthy_stream_are_one_answer(app: Parley, model: str) -> None:
    answer = (await app.http.post("/chat", json={"message": "hi", "model": model})).json()

    assert (answer["reply"], answer["status"]) == ("w0 w1 w2 w3 w4", "completed")


async def test_an_answer_at_its_length_limit_says_so_and_is_no_error(app: Parley) -> None:
    response = await app.http.post("/chat/stream", json={"message": "hi", "model": "length"})

    last = json.loads(response.text.splitlines()[-1])
    assert last == {"done": True, "status": "incomplete", "finish_reason": "length", "seq": last["seq"]}


async def test_a_429_is_passed_on_with_its_retry_after(app: Parley, provider: ScriptedProvider) -> None:
    provider.queue.append(Script(status=429, headers={"Retry-After": "30"}))

    response = await app.http.post("/chat", json={"messages": [{"role": "user", "content": "hi"}]})

    assert (response.status_code, response.headers["retry-after"]) == (429, "30")


MOMENTS = [("stall_headers", 0), ("stall_first", 0), ("stall_mid", 2)]


@pytest.mark.parametrize(("model", "tokens"), MOMENTS)
@pytest.mark.parametrize("route", ["/chat", "/chat/stream", "/complete", "/chat/sse?prompt=hi"])
async def test_when_the_reader_of_a_stateless_answer_leaves_the_provider_is_closed(
    provider: ScriptedProvider, route: str, model: str, tokens: int
) -> None:
    body = {"prompt": "hi"} if route == "/complete" else {"messages": [{"role": "user", "content": "hi"}]}
    async with parley(openai_api_key=KEY, openai_base_url=provider.url, model=f"openai:{model}") as app:
        verb, sent = ("GET", None) if "sse" in route else ("POST", body)
        reading = asyncio.create_task(app.http.request(verb, route, json=sent))
        await provider.until(lambda: provider.calls and provider.calls[0].tokens_sent >= tokens)
        reading.cancel()
        await provider.until(lambda: provider.calls[0].aborted)
        assert len(provider.calls) == 1


@pytest.mark.parametrize(("model", "tokens"), MOMENTS)
async def test_when_a_socket_closes_the_provider_of_its_stateless_answer_is_closed(
    provider: ScriptedProvider, model: str, tokens: int
) -> None:
    async with parley(openai_api_key=KEY, openai_base_url=provider.url, model=f"openai:{model}") as app:
        async with connect(app.url.replace("http", "ws") + "/ws/chat") as socket:
            await socket.send('{"message": "hi"}')
            await provider.until(lambda: provider.calls and provider.calls[0].tokens_sent >= tokens)
        await provider.until(lambda: provider.calls[0].aborted)
        assert len(provider.calls) == 1


async def test_when_the_reader_of_a_stored_turn_leaves_before_the_first_word_it_goes_on(
    provider: ScriptedProvider,
) -> None:
    async with parley(openai_api_key=KEY, openai_base_url=provider.url, model="openai:wait=0.3") as app:
        reading = asyncio.create_task(app.http.post("/chat/stream", json={"message": "hi"}))
        await provider.until(lambda: provider.calls)
        reading.cancel()

        async def answered() -> bool:
            return (await app.http.get("/conversations/1/messages")).json()["messages"][-1]["status"] == "completed"

        await until(answered)
        assert (len(provider.calls), provider.calls[0].aborted) == (1, False)


async def test_a_cancelled_run_closes_its_provider_within_a_second(provider: ScriptedProvider) -> None:
    async with parley(openai_api_key=KEY, openai_base_url=provider.url, model="openai:stall_mid") as app:
        async with app.http.stream("POST", "/chat/stream", json={"message": "hi"}) as response:
            first = json.loads(await anext(response.aiter_lines()))
            await app.http.post(f"/runs/{first['run_id']}/cancel")
        await provider.until(lambda: provider.calls[0].aborted, seconds=1)
