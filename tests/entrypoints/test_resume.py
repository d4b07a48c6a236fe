"""Leave at any moment, by any transport, and come back: nothing is missing, nothing comes twice."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.support.app import Parley, parley, until
from tests.support.databases import EVERY_DATABASE
from tests.support.provider import ScriptedProvider

SHORT = {"message": "hi", "model": "words=4,delay=0.002"}


@pytest.fixture
async def provider() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as running:
        yield running


@pytest.fixture
async def app(provider: ScriptedProvider, storage: str) -> AsyncIterator[Parley]:
    settings: dict[str, object] = {"openai_base_url": provider.url, "model": "openai:words=12,delay=0.002"}
    async with parley(database_url=storage, **settings) as running:
        yield running


async def cut_after(app: Parley, size: int) -> bytes:
    """The first `size` bytes of a new turn's stream; the connection is cut there."""
    read = b""
    async with app.http.stream("POST", "/chat/stream", json=SHORT) as response:
        async for piece in response.aiter_bytes():
            read += piece
            if len(read) >= size:
                break
    return read[:size]


async def test_a_stream_cut_at_every_byte_is_made_whole_by_its_cursor(app: Parley) -> None:
    whole = (await app.http.post("/chat/stream", json=SHORT)).content
    for size in range(1, len(whole)):
        part = await cut_after(app, size)
        lines = [json.loads(line) for line in part.split(b"\n")[:-1]]  # the last may be half a line: it is not counted
        after = lines[-1]["seq"] if lines else 0
        newest = (await app.http.get("/conversations?limit=1")).json()[0]["id"]
        run_id = (await app.http.get(f"/conversations/{newest}/messages")).json()["messages"][-1]["run_id"]
        rest = [
            json.loads(line) for line in (await app.http.get(f"/runs/{run_id}/events?after={after}")).text.splitlines()
        ]
        said = [line["token"] for line in lines if "token" in line] + [
            e["text"] for e in rest if e["type"] == "text_delta"
        ]
        assert "".join(said) == "w0 w1 w2 w3"
        seqs = [line["seq"] for line in lines] + [event["seq"] for event in rest]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_a_socket_resumes_a_run_from_every_cursor(app: Parley) -> None:
    run_id = (await app.http.post("/chat", json={"message": "hi"})).json()["run_id"]
    last = (await app.http.get(f"/runs/{run_id}")).json()["last_seq"]
    async with connect(app.url.replace("http", "ws") + "/ws/chat") as socket:
        whole: list[dict[str, Any]] = []
        for after in range(last):
            await socket.send(json.dumps({"resume": run_id, "after": after}))
            frames: list[dict[str, Any]] = []
            while not frames or frames[-1]["type"] != "done":
                frames.append(json.loads(await asyncio.wait_for(socket.recv(), 60)))
            whole = whole or frames
            assert frames == whole[after:]
        await socket.send(json.dumps({"resume": run_id, "after": last + 1}))
        assert json.loads(await socket.recv())["code"] == "cursor_ahead"
        await socket.send(json.dumps({"resume": 999, "after": 0}))
        assert json.loads(await socket.recv())["code"] == "run_not_found"


async def test_three_readers_of_one_run_see_the_same_events(app: Parley) -> None:
    async with app.http.stream("POST", "/chat/stream", json={"message": "hi"}) as response:
        first = json.loads(await anext(response.aiter_lines()))
        url = f"/runs/{first['run_id']}/events"
        readers = [asyncio.create_task(app.http.get(url)) for _ in range(3)]
        texts = {(await reader).text for reader in readers}

    assert len(texts) == 1
    assert '"run_finished"' in texts.pop()


@EVERY_DATABASE
async def test_a_retry_with_its_key_attaches_to_the_live_stream_and_costs_nothing(
    app: Parley, provider: ScriptedProvider
) -> None:
    asked = {"url": "/chat/stream", "json": {"message": "hi"}, "headers": {"Idempotency-Key": "one"}}
    streams = await asyncio.gather(*(app.http.post(**asked) for _ in range(3)))  # type: ignore[arg-type]
    later = await app.http.post(**asked)  # type: ignore[arg-type]

    assert len({"".join(re.findall(r'"token":"(.*?)"', r.text)) for r in (*streams, later)}) == 1
    assert len(provider.calls) == 1
    assert len((await app.http.get("/conversations")).json()) == 1
    other = await app.http.post("/chat/stream", json={"message": "other"}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat", {"messages": [{"role": "user", "content": "hi"}]}),
        ("/chat/stream", {"messages": [{"role": "user", "content": "hi"}]}),
        ("/complete", {"prompt": "hi"}),
        ("/embed", {"texts": ["hi"]}),
    ],
)
async def test_a_keyed_request_that_stores_nothing_is_paid_for_once(
    app: Parley, provider: ScriptedProvider, path: str, body: dict[str, Any]
) -> None:
    headers = {"Idempotency-Key": "two"}
    first = await app.http.post(path, json=body, headers=headers)
    again = await app.http.post(path, json=body, headers=headers)

    assert first.status_code == 200
    assert again.content == first.content
    assert len(provider.calls) == 1


async def test_a_twin_meanwhile_is_409_and_a_failure_is_not_kept(app: Parley, provider: ScriptedProvider) -> None:
    body = {"messages": [{"role": "user", "content": "hi"}], "model": "wait=0.3"}
    headers = {"Idempotency-Key": "three"}
    first = asyncio.create_task(app.http.post("/chat", json=body, headers=headers))
    await provider.until(lambda: provider.calls)
    twin = await app.http.post("/chat", json=body, headers=headers)
    assert (twin.status_code, twin.json()["code"]) == (409, "idempotency_key_in_use")
    assert int(twin.headers["retry-after"]) >= 1
    assert (await first).status_code == 200

    failing = {"messages": [{"role": "user", "content": "hi"}], "model": "s400,fails=1"}
    headers = {"Idempotency-Key": "four"}
    assert (await app.http.post("/chat", json=failing, headers=headers)).status_code == 400
    assert (await app.http.post("/chat", json=failing, headers=headers)).status_code == 200


@EVERY_DATABASE
async def test_a_key_makes_one_conversation(app: Parley) -> None:
    headers = {"Idempotency-Key": "five"}
    made = await asyncio.gather(*(app.http.post("/conversations", headers=headers) for _ in range(4)))

    assert len({response.json()["id"] for response in made}) == 1
    bad = await app.http.post("/conversations", headers={"Idempotency-Key": "x" * 256})
    assert bad.status_code == 422


async def test_a_queued_question_is_answered_after_the_one_before(app: Parley) -> None:
    id = (await app.http.post("/conversations")).json()["id"]
    first = asyncio.create_task(app.http.post("/chat", json={"message": "one", "conversation_id": id}))

    async def busy() -> bool:
        return (await app.http.get(f"/conversations/{id}")).json()["active_run_id"] is not None

    await until(busy)
    second = await app.http.post("/chat", json={"message": "two", "conversation_id": id, "if_busy": "queue"})
    assert (await first).json()["status"] == second.json()["status"] == "completed"
    stored = (await app.http.get(f"/conversations/{id}/messages")).json()["messages"]
    assert [m["content"] for m in stored if m["role"] == "user"] == ["one", "two"]
    assert stored[2]["parent_id"] == stored[1]["id"]


async def test_an_interrupting_question_ends_the_answer_under_way(app: Parley) -> None:
    id = (await app.http.post("/conversations")).json()["id"]
    body = {"message": "one", "conversation_id": id, "model": "words=500,delay=0.02"}
    first = asyncio.create_task(app.http.post("/chat", json=body))

    async def busy() -> bool:
        return (await app.http.get(f"/conversations/{id}")).json()["active_run_id"] is not None

    await until(busy)
    second = await app.http.post("/chat", json={"message": "two", "conversation_id": id, "if_busy": "interrupt"})
    assert (second.json()["status"], (await first).json()["status"]) == ("completed", "cancelled")


async def test_edit_and_regenerate_make_branches_and_keep_the_old(app: Parley) -> None:
    asked = (await app.http.post("/chat", json={"message": "one", "model": "echo"})).json()
    url = f"/conversations/{asked['conversation_id']}/messages"
    question, answer = (await app.http.get(url)).json()["messages"]

    again = await app.http.post(f"{url}/{answer['id']}/regenerate", json={"model": "words=2"})
    assert again.status_code == 202
    await app.http.get(f"/runs/{again.json()['id']}/events")
    regenerated = (await app.http.get(url)).json()["messages"]
    assert [m["content"] for m in regenerated] == ["one", "w0 w1"]
    assert regenerated[1]["parent_id"] == question["id"]

    edited = await app.http.post(f"{url}/{question['id']}/edit", json={"message": "two", "model": "echo"})
    await app.http.get(f"/runs/{edited.json()['id']}/events")
    assert [m["content"] for m in (await app.http.get(url)).json()["messages"]] == ["two", "two"]
    old = (await app.http.get(url, params={"branch": answer["id"]})).json()["messages"]
    assert [m["content"] for m in old] == ["one", "one"]
    assert (await app.http.post(f"{url}/{answer['id']}/edit", json={"message": "x"})).status_code == 422
    assert (await app.http.post(f"{url}/999/regenerate")).status_code == 404
