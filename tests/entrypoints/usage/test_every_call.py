"""The ledger and the invoice: whatever way a provider is called, GET /usage has what the provider counts."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.support.app import Parley, parley, until
from tests.support.databases import EVERY_DATABASE
from tests.support.provider import Script, ScriptedProvider

PRICES = """
version = "test-7"
currency = "USD"
[models."openai:small"]
input = 1.5
output = 0.0004
[models."openai:vectors"]
input = 0.02
"""
MESSAGES = [{"role": "user", "content": "one two three"}]
FINISHED = {"completed", "failed", "cancelled", "incomplete"}


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as running:
        running.default = Script(words=4)
        yield running


@pytest.fixture
async def app(provider: ScriptedProvider, storage: str, tmp_path: Path) -> AsyncIterator[Parley]:
    (tmp_path / "prices.toml").write_text(PRICES)
    async with parley(
        database_url=storage,
        openai_api_key="sk-test",
        openai_base_url=provider.url,
        model="openai:small",
        embedding_model="openai:vectors",
        title_model="openai:titles",
        prices=tmp_path / "prices.toml",
    ) as running:
        yield running


async def post(app: Parley, path: str, body: dict[str, Any] | None = None, **options: Any) -> Any:
    """Whatever the answer, read to its end; what is checked is the bill."""
    answer = await app.http.post(path, json=body, **options)
    assert answer.status_code < 300, (path, answer.text)
    return answer.json() if "json" in answer.headers["content-type"] and "x-ndjson" not in str(answer.headers) else None


async def over_the_socket(app: Parley, path: str, *frames: dict[str, Any], last: tuple[str, ...]) -> None:
    async with connect(app.url.replace("http", "ws") + path) as socket:
        for frame in frames:
            await socket.send(json.dumps(frame))
            while json.loads(await asyncio.wait_for(socket.recv(), 20))["type"] not in last:
                pass


async def chat(app: Parley) -> None:
    for path in ("/chat", "/chat/stream"):
        await post(app, path, {"messages": MESSAGES})
        await post(app, path, {"message": "one two"})
    for query in ({"prompt": "one"}, {"prompt": "one", "user_id": "ann"}):
        assert (await app.http.get("/chat/sse", params=query)).status_code == 200
    frames = {"message": "one two"}, {"message": "one two", "conversation_id": "new"}
    await over_the_socket(app, "/ws/chat", *frames, last=("done", "error"))


async def openai(app: Parley) -> None:
    asked = {"model": "small", "messages": MESSAGES}
    for stored in ({}, {"store": True}):
        await post(app, "/v1/chat/completions", asked | stored)
        await post(app, "/v1/chat/completions", asked | stored | {"stream": True})
    await post(app, "/v1/chat/completions", asked | {"stream": True, "stream_options": {"include_usage": True}})
    for options in ({}, {"store": False}, {"stream": True}, {"stream": True, "store": False}, {"background": True}):
        await post(app, "/v1/responses", {"model": "small", "input": "one two"} | options)
    create = {"type": "response.create", "model": "small", "input": "one two"}
    ends = ("response.completed", "response.failed", "error")
    await over_the_socket(app, "/v1/responses", create, create | {"store": False}, last=ends)
    await post(app, "/v1/responses/compact", {"model": "small", "input": "one two"})
    await post(app, "/v1/embeddings", {"model": "vectors", "input": ["one two"] * 300})
    await post(app, "/embed", {"texts": ["one", "two three"]})
    await post(app, "/complete", {"prompt": "one two"})


async def agents(app: Parley, provider: ScriptedProvider) -> None:
    call = {"name": "calculator", "arguments": {"expression": "1+1"}}
    provider.default = Script(words=2, calls=(call,), told="It is two.", finish="tool_calls")
    await post(app, "/agent", {"messages": MESSAGES})
    session = await post(app, "/agent/sessions", {"initial_prompt": "one two"})
    path = f"/agent/sessions/{session['session_id']}"
    await until(lambda: is_done(app, path), seconds=20)
    provider.default = Script(words=4)
    await post(app, "/workflow/blog", {"topic": "rivers", "target_audience": "fish"})
    message = {"id": "m", "role": "user", "parts": [{"type": "text", "text": "one"}]}
    await post(app, "/ai-sdk/chat", {"id": "a", "messages": [message]})


async def is_done(app: Parley, path: str) -> bool:
    return bool((await app.http.get(path)).json()["status"] in ("done", "error"))


async def lines_of(app: Parley) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    url = "/usage/calls?limit=7"
    while url:
        answer = await app.http.get(url)
        lines += answer.json()
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    return lines


async def usage_of(app: Parley, by: str) -> dict[str, Any]:
    report: dict[str, Any] = (await app.http.get("/usage", params={"group_by": by})).json()
    return report


def billed(provider: ScriptedProvider) -> list[tuple[str, int, int]]:
    found = [(call.body["model"], call.billed) for call in provider.calls if call.billed]
    return sorted((model, bill["prompt_tokens"], bill.get("completion_tokens", 0)) for model, bill in found)


@EVERY_DATABASE
async def test_every_way_to_call_a_provider_is_in_the_ledger_as_it_is_on_the_invoice(
    app: Parley, provider: ScriptedProvider
) -> None:
    await chat(app)
    await openai(app)
    await agents(app, provider)

    async def is_settled() -> bool:
        return not provider.open_calls and len(await lines_of(app)) >= len(provider.calls)

    await until(is_settled, seconds=20)
    lines = await lines_of(app)
    counted = sorted(
        (line["model"].removeprefix("openai:"), line["input_tokens"], line["output_tokens"]) for line in lines
    )
    assert counted == billed(provider)
    assert {line["outcome"] for line in lines} == {"completed"}
    assert not any(line["estimated"] for line in lines)
    assert {line["owner"] for line in lines} == {"local"}
    assert {line["purpose"] for line in lines} == {
        "reply", "agent_step", "workflow_step", "title", "completion", "compaction", "embedding"
    }  # fmt: skip
    assert all(line["raw"]["prompt_tokens"] == line["input_tokens"] for line in lines)
    priced = [line for line in lines if line["model"] == "openai:small"]
    assert {line["price_version"] for line in priced} == {"test-7"}
    assert {line["cost"] for line in lines if line["model"] == "openai:titles"} == {None}
    nanos = sum(line["input_tokens"] * 1500 for line in priced) + sum(
        round(line["output_tokens"] * 4 / 10) for line in priced
    )
    by_model = {group["group"]: group for group in (await usage_of(app, "model"))["groups"]}
    assert round(float(by_model["openai:small"]["cost"]["USD"]) * 1e9) == nanos
    assert by_model["openai:titles"]["cost"] == {}
    assert by_model["openai:titles"]["unpriced_calls"] == by_model["openai:titles"]["calls"] > 0
    for by in ("day", "model", "user", "key"):
        report = await usage_of(app, by)
        assert report["total"]["calls"] == len(provider.calls)
        assert report["total"]["input_tokens"] == sum(asked for _, asked, _ in billed(provider))
        assert report["total"]["output_tokens"] == sum(said for _, _, said in billed(provider))
        assert sum(group["calls"] for group in report["groups"]) == len(provider.calls)


async def test_a_relay_hides_the_usage_for_which_only_the_ledger_asked(app: Parley, provider: ScriptedProvider) -> None:
    asked = {"model": "small", "messages": MESSAGES, "stream": True}
    assert '"usage"' not in (await app.http.post("/v1/chat/completions", json=asked)).text
    wanted = asked | {"stream_options": {"include_usage": True}}
    assert (await app.http.post("/v1/chat/completions", json=wanted)).text.count('"usage"') == 1
    assert [call.body["stream_options"] for call in provider.calls] == [{"include_usage": True}] * 2


async def test_what_nobody_waited_for_is_counted_and_marked_as_an_estimate(
    app: Parley, provider: ScriptedProvider
) -> None:
    provider.default = Script(words=50, delay=0.05)
    conversation = None
    for path, body in (
        ("/v1/chat/completions", {"model": "small", "messages": MESSAGES, "stream": True}),
        ("/chat/stream", {"messages": MESSAGES}),
        ("/chat/stream", {"message": "one two"}),
        ("/chat/stream", {"message": "one two"}),
    ):
        async with app.http.stream("POST", path, json=body) as answer:
            async for piece in answer.aiter_bytes():
                first = json.loads(piece.splitlines()[0]) if b"run_id" in piece else {}
                if "run_id" in first and conversation is None:
                    conversation = first["conversation_id"]
                    await app.http.post(f"/runs/{first['run_id']}/cancel")
                elif "run_id" in first:
                    await app.http.delete(f"/conversations/{first['conversation_id']}")
                break
    await until(lambda: not provider.open_calls, seconds=20)

    async def all_there() -> bool:
        return len(await lines_of(app)) == 4

    await until(all_there, seconds=20)
    lines = await lines_of(app)
    assert [(line["outcome"], line["estimated"], line["raw"]) for line in lines] == [("cancelled", True, {})] * 4
    assert all(line["input_tokens"] > 0 and line["output_tokens"] > 0 and line["cost"] for line in lines)
    assert Counter(line["run_id"] is None for line in lines) == {True: 3, False: 1}


async def test_failures_cost_what_was_said_before_them_and_refusals_nothing(
    app: Parley, provider: ScriptedProvider
) -> None:
    for model in ("s400", "reset_mid", "truncate", "no_usage"):
        for body in ({"stream": True}, {"stream": True, "store": True}):
            await app.http.post("/v1/chat/completions", json={"model": model, "messages": MESSAGES} | body)
    found = {
        (line["asked"], line["outcome"], line["estimated"], line["input_tokens"] > 0, line["output_tokens"] > 0)
        for line in await lines_of(app)
    }
    assert found == {
        ("s400", "failed", False, False, False),
        ("reset_mid", "failed", True, True, True),
        ("truncate", "failed", True, True, True),
        ("no_usage", "completed", True, True, True),
    }
