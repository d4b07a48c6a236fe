"""Runs that are started and followed apart, and the branches that they leave, over HTTP."""

from typing import Any

from tests.support.app import Parley
from tests.support.databases import EVERY_DATABASE


async def _ended(app: Parley, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A run that was started there, followed to its end."""
    started = await app.http.post(path, json=body)
    assert started.status_code == 202, started.text
    events = await app.http.get(f"/runs/{started.json()['id']}/events")
    assert '"run_finished"' in events.text
    run: dict[str, Any] = started.json()
    return run


async def _texts(app: Parley, conversation: int) -> list[str]:
    page = (await app.http.get(f"/conversations/{conversation}/messages")).json()
    return [message["content"] for message in page["messages"] if message["role"] == "user"]


@EVERY_DATABASE
async def test_a_run_begins_a_conversation_goes_on_in_one_and_forks_it(app: Parley) -> None:
    first = await _ended(app, "/runs", {"message": "one"})
    id = first["conversation_id"]
    second = await _ended(app, "/runs", {"message": "two", "conversation_id": id})
    path = f"/conversations/{id}"
    assert (await app.http.get(f"{path}/forks")).json() == {"conversation_id": id, "forks": []}

    edited = await _ended(app, f"{path}/messages/{second['question_id']}/edit", {"message": "two, again"})
    other = await _ended(app, f"{path}/messages/{edited['answer_id']}/regenerate", {})
    assert (await app.http.get(f"{path}/forks")).json()["forks"] == [
        {"parent_id": first["answer_id"], "message_ids": [second["question_id"], edited["question_id"]]},
        {"parent_id": edited["question_id"], "message_ids": [edited["answer_id"], other["answer_id"]]},
    ]
    assert await _texts(app, id) == ["one", "two, again"]

    shown = await app.http.post(f"{path}/messages/{second['question_id']}/show")
    assert shown.json() == {"conversation_id": id, "head_id": second["answer_id"]}
    assert await _texts(app, id) == ["one", "two"]
    await _ended(app, "/runs", {"message": "three", "conversation_id": id})
    assert await _texts(app, id) == ["one", "two", "three"]


async def test_what_is_not_there_is_not_shown_and_a_key_starts_one_run(app: Parley) -> None:
    run = await _ended(app, "/runs", {"message": "one"})
    path = f"/conversations/{run['conversation_id']}"
    missing = await app.http.post(f"{path}/messages/999/show")
    assert (missing.status_code, missing.json()["code"]) == (404, "message_not_found")
    assert (await app.http.get("/conversations/999/forks")).status_code == 404
    unknown = await app.http.post("/runs", json={"message": "hi", "conversation_id": 999})
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "Conversation not found")
    twice = [
        (await app.http.post("/runs", json={"message": "hi"}, headers={"Idempotency-Key": "k"})).json()["id"]
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
