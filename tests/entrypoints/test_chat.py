"""Chat over HTTP, by the shapes that API.md promises."""

import asyncio
import json

from tests.support.app import Parley, parley, until
from tests.support.databases import EVERY_DATABASE


def lines_of(text: str) -> list[dict[str, object]]:
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def events_of(text: str) -> list[dict[str, str]]:
    """The fields of each server-sent event, comments left out."""
    frames = [frame for frame in text.split("\n\n") if frame and not frame.startswith(":")]
    return [dict(line.split(": ", 1) for line in frame.splitlines()) for frame in frames]


@EVERY_DATABASE
async def test_a_stored_turn_answers_and_is_there_afterwards(app: Parley) -> None:
    answer = (await app.http.post("/chat", json={"message": "Hello there", "user_id": "ann"})).json()

    assert set(answer) == {"conversation_id", "reply", "model", "usage", "run_id", "status"}
    assert isinstance(answer["conversation_id"], int)
    assert answer["model"] == "demo:parrot"
    assert answer["status"] == "completed"
    stored = (await app.http.get(f"/conversations/{answer['conversation_id']}/messages")).json()
    question, reply = stored["messages"]
    assert (question["role"], question["content"]) == ("user", "Hello there")
    assert (reply["role"], reply["content"]) == ("assistant", answer["reply"])
    assert reply["parent_id"] == question["id"]
    assert (reply["status"], reply["run_id"]) == ("completed", answer["run_id"])


async def test_the_next_turn_knows_the_one_before(app: Parley) -> None:
    first = (await app.http.post("/chat", json={"message": "My cat is called Miro"})).json()

    body = {"message": "what did I say?", "conversation_id": first["conversation_id"]}
    second = (await app.http.post("/chat", json=body)).json()

    assert "Miro" in second["reply"]
    assert second["conversation_id"] == first["conversation_id"]


async def test_a_stateless_answer_stores_nothing(app: Parley) -> None:
    answer = (await app.http.post("/chat", json={"messages": [{"role": "user", "content": "Hi"}]})).json()

    assert answer["conversation_id"] is None
    assert answer["reply"]
    assert answer["usage"]["total_tokens"] > 0
    assert (await app.http.get("/conversations")).json() == []


async def test_an_unknown_conversation_is_404_in_the_tutorials_words(app: Parley) -> None:
    response = await app.http.post("/chat", json={"message": "Hi", "conversation_id": 999})

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"] == "Conversation not found"
    assert response.json()["request_id"] == response.headers["x-request-id"]


async def test_a_stored_stream_is_tokens_then_exactly_one_done(app: Parley) -> None:
    response = await app.http.post("/chat/stream", json={"message": "Hello"})

    assert response.headers["content-type"] == "application/x-ndjson"
    *tokens, done = lines_of(response.text)
    assert done["done"] is True
    assert all("token" in line for line in tokens)
    assert [line["seq"] for line in (*tokens, done)] == list(range(1, len(tokens) + 2))
    assert {"conversation_id", "run_id"} <= set(tokens[0])
    stored = (await app.http.get(f"/conversations/{tokens[0]['conversation_id']}/messages")).json()
    assert "".join(str(line["token"]) for line in tokens) == stored["messages"][-1]["content"]


async def test_a_stateless_stream_has_neither_seq_nor_ids(app: Parley) -> None:
    response = await app.http.post("/chat/stream", json={"messages": [{"role": "user", "content": "Hi"}]})

    *tokens, done = lines_of(response.text)
    assert done == {"done": True}
    assert all(set(line) == {"token"} for line in tokens)


async def test_an_event_source_gets_tokens_and_done(app: Parley) -> None:
    response = await app.http.get("/chat/sse", params={"prompt": "Hello"})

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    *tokens, done = events_of(response.text)
    assert (done["event"], done["data"]) == ("done", "[DONE]")
    assert {event["event"] for event in tokens} == {"token"}
    assert all(event["id"] for event in (*tokens, done))
    assert (await app.http.get("/conversations")).json() == []


async def test_a_stateless_event_source_that_reconnects_is_sent_away(app: Parley) -> None:
    response = await app.http.get("/chat/sse", params={"prompt": "Hi"}, headers={"Last-Event-ID": "stateless-3"})

    assert response.status_code == 204


@EVERY_DATABASE
async def test_a_stored_event_source_goes_on_after_its_last_event_and_asks_only_once(app: Parley) -> None:
    asked = {"prompt": "Tell me something long", "user_id": "ann"}
    whole = events_of((await app.http.get("/chat/sse", params=asked)).text)

    for i, event in enumerate(whole):
        again = await app.http.get("/chat/sse", params=asked, headers={"Last-Event-ID": event["id"]})
        if event is whole[-1]:
            assert again.status_code == 204
        else:
            assert events_of(again.text) == whole[i + 1 :]
    assert len((await app.http.get("/conversations")).json()) == 1


async def test_a_reader_who_leaves_finds_the_whole_answer_later() -> None:
    async with parley(demo_words_per_second=100) as app:
        async with app.http.stream("POST", "/chat/stream", json={"message": "Hello"}) as response:
            first = json.loads(await anext(response.aiter_lines()))
        run = f"/runs/{first['run_id']}"

        async def ended() -> bool:
            return (await app.http.get(run)).json()["status"] == "completed"

        await until(ended)
        rest = lines_of((await app.http.get(f"{run}/events", params={"after": first["seq"]})).text)
        assert rest[-1]["type"] == "run_finished"
        stored = (await app.http.get(f"/conversations/{first['conversation_id']}/messages")).json()["messages"][-1]
        assert first["token"] + "".join(e["text"] for e in rest[:-1]) == stored["content"]


async def test_six_questions_at_once_are_one_answer_and_five_clear_refusals() -> None:
    async with parley(demo_words_per_second=50) as app:
        id = (await app.http.post("/conversations")).json()["id"]
        body = {"message": "Only one of us", "conversation_id": id}
        responses = await asyncio.gather(*(app.http.post("/chat", json=body) for _ in range(6)))

        assert sorted(r.status_code for r in responses) == [200, 409, 409, 409, 409, 409]
        won = next(r.json() for r in responses if r.status_code == 200)
        for refused in (r.json() for r in responses if r.status_code == 409):
            assert refused["code"] == "reply_in_progress"
            assert refused["run_id"] == won["run_id"]
            assert str(won["run_id"]) in refused["detail"]
        stored = (await app.http.get(f"/conversations/{id}/messages")).json()["messages"]
        assert [m["role"] for m in stored] == ["user", "assistant"]


async def test_a_cancelled_run_keeps_its_words_and_ends_its_readers() -> None:
    async with parley(demo_words_per_second=20) as app:
        async with app.http.stream("POST", "/chat/stream", json={"message": "A long story"}) as response:
            lines = response.aiter_lines()
            first = json.loads(await anext(lines))
            cancelled = (await app.http.post(f"/runs/{first['run_id']}/cancel")).json()
            rest = [json.loads(line) async for line in lines]

        assert cancelled["status"] == "cancelled"
        assert rest[-1] == {"done": True, "status": "cancelled", "finish_reason": None, "seq": rest[-1]["seq"]}
        assert (await app.http.post(f"/runs/{first['run_id']}/cancel")).json() == cancelled
        stored = (await app.http.get(f"/conversations/{first['conversation_id']}/messages")).json()["messages"][-1]
        assert stored["status"] == "cancelled"
        assert stored["content"] == "".join(line["token"] for line in (first, *rest[:-1]))
