"""Processes die, stop, freeze and share one database; replies survive."""

import asyncio
import json
import random
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.process import Served, served
from tests.support.provider import Script, ScriptedProvider

LEASE = 3.0
LONG_LEASE = "60"
"""For who is only slow, and must not be taken for dead."""
UNFINISHED = Script(words=30, fault="stall", at=10)
"""The answer that is being said when its replica dies; the next is whole."""
WORDS = 30
ANSWER = " ".join(f"w{i}" for i in range(WORDS))


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as running:
        yield running


def environment(provider: ScriptedProvider, database_url: str, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "OPENAI_BASE_URL": provider.url,
        "PARLEY_MODEL": f"openai:words={WORDS},delay=0.01",
        "PARLEY_WORKER_LEASE_SECONDS": str(LEASE),
        "PARLEY_DRAIN_SECONDS": "0.3",
        **more,
    }


def client(server: Served) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=server.url, timeout=60)


async def begin(http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """The first line of a new stored turn; then the reader leaves."""
    async with http.stream("POST", "/chat/stream", json={"message": "hi"}) as response:
        return [json.loads(await anext(response.aiter_lines()))]


async def rest(http: httpx2.AsyncClient, run_id: int, after: int) -> list[dict[str, Any]]:
    response = await http.get(f"/runs/{run_id}/events", params={"after": after})
    return [json.loads(line) for line in response.text.splitlines()]


def fold(lines: list[dict[str, Any]], events: list[dict[str, Any]]) -> str:
    """What a reader has before its eyes who saw the lines, then the events."""
    text = "".join(line["token"] for line in lines)
    for event in events:
        if event["type"] == "answer_reset":
            text = event["text"]
        elif event["type"] == "text_delta":
            text += event["text"]
    return text


async def check_whole(
    http: httpx2.AsyncClient, lines: list[dict[str, Any]], events: list[dict[str, Any]], *, reset: bool
) -> None:
    """No gap, no repeat, one ending; what was shown is what is stored; the conversation can go on."""
    seqs = [line["seq"] for line in lines] + [event["seq"] for event in events]
    assert seqs == list(range(1, len(seqs) + 1))
    assert [e["type"] for e in events].count("run_finished") == 1
    assert events[-1]["status"] == "completed"
    assert ("answer_reset" in [e["type"] for e in events]) is reset
    assert fold(lines, events) == ANSWER
    id = lines[0]["conversation_id"]
    stored = (await http.get(f"/conversations/{id}/messages")).json()["messages"]
    assert [(m["role"], m["content"]) for m in stored] == [("user", "hi"), ("assistant", ANSWER)]
    assert (await http.post("/chat", json={"message": "next", "conversation_id": id})).json()["reply"] == ANSWER


async def test_after_kill_9_a_restart_on_sqlite_goes_on_at_once(provider: ScriptedProvider, tmp_path: Path) -> None:
    env = environment(provider, f"sqlite:///{tmp_path}/parley.db")
    provider.queue.append(UNFINISHED)
    async with served(**env) as first, client(first) as http:
        lines = await begin(http)
        first.signal(signal.SIGKILL)
        await first.ended()
    async with served(**env) as second, client(second) as http:
        events = await rest(http, lines[0]["run_id"], lines[-1]["seq"])
        await check_whole(http, lines, events, reset=True)
    assert len([call for call in provider.calls if call.body["messages"][-1]["content"] == "hi"]) == 2


async def test_after_kill_9_the_other_replica_takes_over_within_the_lease(
    provider: ScriptedProvider, new_postgres: str
) -> None:
    env = environment(provider, new_postgres)
    provider.queue.append(UNFINISHED)
    async with served(**env) as a, served(**env) as b, client(a) as on_a, client(b) as on_b:
        lines = await begin(on_a)
        following = asyncio.create_task(rest(on_b, lines[0]["run_id"], lines[-1]["seq"]))
        a.signal(signal.SIGKILL)
        killed = time.monotonic()
        events = await following
        assert time.monotonic() - killed < LEASE + 30
        await check_whole(on_b, lines, events, reset=True)


async def test_a_run_of_one_replica_is_followed_and_cancelled_on_the_other(
    provider: ScriptedProvider, new_postgres: str
) -> None:
    env = environment(provider, new_postgres, PARLEY_WORKER_LEASE_SECONDS=LONG_LEASE)
    async with served(**env) as a, served(**env) as b, client(a) as on_a, client(b) as on_b:
        lines = await begin(on_a)
        run_id = lines[0]["run_id"]
        both = await asyncio.gather(rest(on_a, run_id, 0), rest(on_b, run_id, 0))
        assert both[0] == both[1]
        await check_whole(on_b, lines, both[1][len(lines) :], reset=False)

        provider.queue.append(UNFINISHED)
        run_id = (await begin(on_a))[0]["run_id"]
        began = time.monotonic()
        cancelled = (await on_b.post(f"/runs/{run_id}/cancel")).json()
        assert time.monotonic() - began < 30
        assert cancelled["status"] == "cancelled"
        await provider.until(lambda: provider.calls[-1].aborted)


async def test_a_frozen_owner_that_wakes_does_no_damage(provider: ScriptedProvider, new_postgres: str) -> None:
    env = environment(provider, new_postgres)
    provider.queue.append(Script(words=WORDS, delay=0.2))
    async with served(**env) as a, served(**env) as b, client(a) as on_a, client(b) as on_b:
        async with on_a.stream("POST", "/chat/stream", json={"message": "hi"}) as response:
            read = response.aiter_lines()
            lines = [json.loads(await anext(read))]
            a.signal(signal.SIGSTOP)
            events = await rest(on_b, lines[0]["run_id"], lines[-1]["seq"])
            a.signal(signal.SIGCONT)
            shown = [
                json.loads(line) async for line in read
            ]  # the reader of the owner that woke goes on from the store
        await check_whole(on_b, lines, events, reset=True)
        assert [line["seq"] for line in shown] == [event["seq"] for event in events]
        assert shown[-1]["done"] is True


async def test_a_replica_that_is_stopped_hands_over_at_once(provider: ScriptedProvider, new_postgres: str) -> None:
    env = environment(provider, new_postgres, PARLEY_WORKER_LEASE_SECONDS=LONG_LEASE)
    provider.queue.append(UNFINISHED)
    async with served(**env) as a, served(**env) as b, client(a) as on_a, client(b) as on_b:
        lines = await begin(on_a)
        a.signal(signal.SIGTERM)
        refused = await on_a.post("/chat", json={"message": "too late"})
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        assert (await on_a.get("/health/ready")).status_code == 503
        assert await a.ended() == 0
        events = await asyncio.wait_for(rest(on_b, lines[0]["run_id"], lines[-1]["seq"]), 45)
        await check_whole(on_b, lines, events, reset=True)


async def test_questions_to_one_conversation_on_two_replicas_are_one_answer(
    provider: ScriptedProvider, new_postgres: str
) -> None:
    env = environment(provider, new_postgres, PARLEY_WORKER_LEASE_SECONDS=LONG_LEASE)
    async with served(**env) as a, served(**env) as b, client(a) as on_a, client(b) as on_b:
        id = (await on_a.post("/conversations")).json()["id"]
        body = {"message": "hi", "conversation_id": id}
        asked = [http.post("/chat", json=body) for http in (on_a, on_b, on_a, on_b, on_a, on_b)]
        assert sorted(r.status_code for r in await asyncio.gather(*asked)) == [200] + [409] * 5
        queued = [http.post("/chat", json={**body, "if_busy": "queue"}) for http in (on_a, on_b, on_a, on_b)]
        assert {r.json()["status"] for r in await asyncio.gather(*queued)} == {"completed"}
        stored = (await on_b.get(f"/conversations/{id}/messages")).json()["messages"]
        assert [m["role"] for m in stored] == ["user", "assistant"] * 5


async def test_a_keyed_retry_on_the_other_replica_is_the_same_run(
    provider: ScriptedProvider, new_postgres: str
) -> None:
    env = environment(provider, new_postgres, PARLEY_WORKER_LEASE_SECONDS=LONG_LEASE)
    async with served(**env) as a, served(**env) as b, client(a) as on_a, client(b) as on_b:
        asked = {"url": "/chat", "json": {"message": "hi"}, "headers": {"Idempotency-Key": "k"}}
        answers = await asyncio.gather(*(http.post(**asked) for http in (on_a, on_b, on_a, on_b)))  # type: ignore[arg-type]
        assert len({answer.text for answer in answers}) == 1
        assert len(provider.calls) == 1


async def test_kill_9_at_random_moments_loses_and_doubles_nothing(provider: ScriptedProvider, tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    env = environment(
        provider, f"sqlite:///{tmp_path}/parley.db", PARLEY_MODEL="openai:words=10,delay=0.02", PARLEY_MAX_ATTEMPTS="9"
    )
    acknowledged: list[int] = []
    for _ in range(4):
        async with served(**env) as server, client(server) as http:
            asking = [asyncio.create_task(_ask(http, acknowledged)) for _ in range(8)]
            await asyncio.sleep(chance.uniform(0.0, 0.5))  # the moment is the chance that is tried
            server.signal(signal.SIGKILL)
            await asyncio.gather(*asking, return_exceptions=True)
    async with served(**env) as server, client(server) as http:
        for run_id in acknowledged:
            events = await rest(http, run_id, 0)
            assert [e["type"] for e in events].count("run_finished") == 1
            assert events[-1]["status"] == "completed"
        conversations = (await http.get("/conversations", params={"limit": 100})).json()
        for conversation in conversations:
            stored = (await http.get(f"/conversations/{conversation['id']}/messages")).json()["messages"]
            assert [m["role"] for m in stored] == ["user", "assistant"]
            assert stored[1]["status"] in ("completed", "in_progress")


async def _ask(http: httpx2.AsyncClient, acknowledged: list[int]) -> None:
    async with http.stream("POST", "/chat/stream", json={"message": "hi"}) as response:
        async for line in response.aiter_lines():
            if run_id := json.loads(line).get("run_id"):
                acknowledged.append(run_id)
