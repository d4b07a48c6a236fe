"""Bad input gets a 4xx that names the field, changes nothing, and is never a 500."""

import asyncio
import json
import resource
from collections.abc import AsyncIterator

import pytest

from tests.support.app import Parley

CHAT = "/chat"


def problem_of(response: object) -> dict[str, object]:
    problem: dict[str, object] = response.json()  # type: ignore[attr-defined]
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    assert problem["status"] == response.status_code  # type: ignore[attr-defined]
    assert problem["request_id"]
    return problem


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (CHAT, {"message": 5}, "message"),
        (CHAT, {"message": ""}, "message"),
        (CHAT, {"message": " \n"}, "message"),
        (CHAT, {"message": "a\x00b"}, "message"),
        (CHAT, {"message": "x" * 1_000_001}, "message"),
        (CHAT, {"message": "hi", "user_id": ""}, "user_id"),
        (CHAT, {"message": "hi", "user_id": "a\x00"}, "user_id"),
        (CHAT, {"message": "hi", "user_id": 7}, "user_id"),
        (CHAT, {"message": "hi", "conversation_id": "1"}, "conversation_id"),
        (CHAT, {"message": "hi", "conversation_id": True}, "conversation_id"),
        (CHAT, {"message": "hi", "conversation_id": 1.5}, "conversation_id"),
        (CHAT, {"message": "hi", "conversation_id": 0}, "conversation_id"),
        (CHAT, {"message": "hi", "conversation_id": -1}, "conversation_id"),
        (CHAT, {"message": "hi", "conversation_id": 2**63}, "conversation_id"),
        (CHAT, {"message": "hi", "conversationid": 1}, "conversationid"),
        (CHAT, {"message": "hi", "base_url": "http://127.0.0.1:1"}, "base_url"),
        (CHAT, {"message": "hi", "api_key": "sk-stolen"}, "api_key"),
        (CHAT, {"message": "hi", "temperature": 1}, "temperature"),
        (CHAT, {"message": "hi", "messages": [{"role": "user", "content": "hi"}]}, "messages"),
        (CHAT, {}, "message"),
        (CHAT, {"messages": []}, "messages"),
        (CHAT, {"messages": [{"role": "robot", "content": "hi"}]}, "role"),
        (CHAT, {"messages": [{"role": "user"}]}, "content"),
        (CHAT, {"messages": [{"role": "user", "content": "a\x00"}]}, "messages[0].content"),
        (CHAT, {"messages": [{"role": "user", "content": "hi"}], "temperature": 3}, "temperature"),
        (CHAT, {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 0}, "max_tokens"),
        (CHAT, {"messages": [{"role": "user", "content": "hi"}], "conversation_id": 1}, "conversation_id"),
        (CHAT, {"messages": [{"role": "user", "content": "hi"}] * 1001}, "messages"),
        (CHAT, [], "body"),
        (CHAT, "hi", "body"),
        (CHAT, None, "body"),
        ("/conversations", {"title": ""}, "title"),
        ("/conversations", {"title": "x" * 201}, "title"),
        ("/conversations", {"title": "a\x00b"}, "title"),
        ("/conversations", {"owner": "me"}, "owner"),
        ("/complete", {"prompt": ""}, "prompt"),
        ("/complete", {"prompt": "x" * 10_001}, "prompt"),
        ("/complete", {"prompt": "hi", "task": "dance"}, "task"),
        ("/complete", {"prompt": "a\x00b"}, "prompt"),
        ("/embed", {"texts": []}, "texts"),
        ("/embed", {"texts": ["x"] * 257}, "texts"),
        ("/embed", {"texts": ["ok", ""]}, "texts"),
        ("/embed", {"texts": "hi"}, "texts"),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_a_bad_body_is_422_and_names_the_field(app: Parley, path: str, body: object, field: str) -> None:
    for route in (path, "/chat/stream") if path == CHAT else (path,):
        response = await app.http.post(route, json=body)

        assert response.status_code == 422, response.text
        assert field in json.dumps(problem_of(response)["detail"])
        assert '"input"' not in response.text  # nothing is echoed
    assert (await app.http.get("/conversations")).json() == []


async def test_translate_without_a_language_is_400_and_names_the_field(app: Parley) -> None:
    response = await app.http.post("/complete", json={"prompt": "hi", "task": "translate"})

    assert response.status_code == 400
    assert "target_language" in str(problem_of(response)["detail"])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"message": "\\ud800"}',
        b'{"message": "\xff\xfe"}',
        b'{"message": NaN}',
        b'{"messages": [{"role": "user", "content": "hi"}], "temperature": NaN}',
        b'{"messages": [{"role": "user", "content": "hi"}], "temperature": 1e999}',
        b'{"message": "hi", "conversation_id": 1' + b"0" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda raw: repr(raw[:40]),
)
async def test_bytes_that_are_no_good_json_are_422(app: Parley, raw: bytes) -> None:
    response = await app.http.post(CHAT, content=raw, headers={"content-type": "application/json"})

    assert response.status_code == 422, response.text
    assert isinstance(problem_of(response)["detail"], list)
    assert (await app.http.get("/conversations")).json() == []


@pytest.mark.parametrize(
    "url",
    [
        "/conversations?limit=0",
        "/conversations?limit=101",
        "/conversations?limit=" + "9" * 400,
        "/conversations?limit=ten",
        "/conversations?before=0",
        "/conversations?before=99999999999999999999",
        "/conversations?q=a%00b",
        "/conversations/abc",
        "/conversations/99999999999999999999",
        "/conversations/1/messages?limit=-1",
        "/runs/0",
        "/runs/1/events?after=-1",
        "/runs/1/events?after=99999999999999999999",
        "/chat/sse",
        "/chat/sse?prompt=",
        "/chat/sse?prompt=" + "x" * 10_001,
        "/chat/sse?prompt=a%00b",
        "/chat/sse?prompt=a%00b&user_id=ann",
        "/chat/sse?prompt=hi&conversation_id=abc",
    ],
    ids=lambda url: url[:50],
)
async def test_a_bad_query_or_path_is_422(app: Parley, url: str) -> None:
    response = await app.http.get(url)

    assert response.status_code == 422, response.text
    problem_of(response)


async def test_a_cursor_from_the_future_or_of_another_kind_is_refused(app: Parley) -> None:
    run_id = (await app.http.post(CHAT, json={"message": "Hi"})).json()["run_id"]

    ahead = await app.http.get(f"/runs/{run_id}/events", params={"after": 10_000})
    odd = await app.http.get(f"/runs/{run_id}/events", headers={"Last-Event-ID": "x"})

    assert (ahead.status_code, ahead.json()["code"]) == (422, "cursor_ahead")
    assert odd.status_code == 422


async def test_sixty_megabytes_are_refused_by_their_length_before_they_are_read(app: Parley) -> None:
    response = await app.http.post(CHAT, content=b"x" * 60_000_000, headers={"content-type": "application/json"})

    assert response.status_code == 413
    assert "bytes" in str(problem_of(response)["detail"])


async def test_sixty_megabytes_without_a_length_are_refused_in_flat_memory(app: Parley) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(600):
            yield b"x" * 100_000
            await asyncio.sleep(0)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    response = await app.http.post(CHAT, content=endless(), headers={"content-type": "application/json"})

    assert response.status_code == 413
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # KiB


async def test_unknown_routes_and_verbs_are_problems_too(app: Parley) -> None:
    assert problem_of(await app.http.get("/nowhere"))["status"] == 404
    assert problem_of(await app.http.put(CHAT))["status"] == 405


async def test_an_address_names_all_that_it_answers(app: Parley) -> None:
    refused = await app.http.put("/conversations/1")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, PATCH, DELETE")
    assert (await app.http.delete("/v1/conversations")).headers["allow"] == "GET, POST"
