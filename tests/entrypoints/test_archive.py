"""What is taken out can be moved in, and is the same then."""

import json
from typing import Any

import pytest

from tests.support.app import Parley, parley
from tests.support.library import put

IDS = ("id", "conversation_id")
MESSAGES = ("parent_id", "head_id")


async def _talk(app: Parley) -> int:
    """Two branches, a citation, a pin and a shelf."""
    document = await put(app.container.database(), paged=True)
    asked = {"message": "How long is the Nile?", "documents": [document], "user_id": "ann"}
    id: int = (await app.http.post("/chat", json=asked)).json()["conversation_id"]
    messages = (await app.http.get(f"/conversations/{id}/messages")).json()["messages"]
    again = await app.http.post(f"/conversations/{id}/messages/{messages[-1]['id']}/regenerate", json={})
    events = await app.http.get(f"/runs/{again.json()['id']}/events", headers={"accept": "application/x-ndjson"})
    assert events.status_code == 200
    change = {"title": "The Nile", "pinned": True, "archived": True}
    assert (await app.http.patch(f"/conversations/{id}", json=change)).status_code == 200
    return id


def _told_apart(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with their ids counted from the first, as they are the same in any Parley."""
    order = {line["id"]: place for place, line in enumerate(lines) if line["record"] == "message"}
    return [
        {name: order.get(value) if name in MESSAGES else value for name, value in line.items() if name not in IDS}
        for line in lines
    ]


def _records(body: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.splitlines()]


async def test_what_was_taken_out_is_moved_in_whole_and_once() -> None:
    async with parley() as here, parley() as there:
        await _talk(here)
        await here.http.post("/chat", json={"message": "And whales?"})
        taken = await here.http.get("/archive")
        assert taken.headers["content-type"] == "application/jsonl"
        records = _records(taken.text)
        kinds = "conversation message message message conversation message message end"
        assert " ".join(each["record"] for each in records) == kinds
        cited = [part for each in records for part in each.get("parts", ()) if part.get("citations")]
        assert cited

        await there.http.post("/chat", json={"message": "I was here before"})
        headers = {"idempotency-key": "moving"}
        moved = [await there.http.post("/archive", content=taken.content, headers=headers) for _ in range(2)]
        assert [each.status_code for each in moved] == [201, 201], moved[0].text
        assert moved[0].json() == moved[1].json() == {"conversation_ids": [2, 3]}
        back = _records((await there.http.get("/archive")).text)
        assert _told_apart(back[3:]) == _told_apart(records)

        one = _records((await there.http.get("/archive", params={"conversation_id": 3})).text)
        assert [each["record"] for each in one] == ["conversation", "message", "message", "end"]
        assert len((await there.http.get("/conversations/2/forks")).json()["forks"]) == 1
        shown = [(await app.http.get(f"/conversations/{id}/messages")).json() for app, id in ((here, 1), (there, 2))]
        views = [[(each["role"], each["parts"], each["created_at"]) for each in view["messages"]] for view in shown]
        assert views[0] == views[1]
        assert (await there.http.get("/archive", params={"conversation_id": 99})).status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "the last line"),
        ("{}\n", "line 1"),
        ("[]\n", "line 1"),
        ("nothing\n", "line 1"),
        ('{"record":"end"}\n{"record":"end"}\n', "line 2"),
        ('{"record":"message","id":1,"conversation_id":1}\n', "line 1"),
    ],
)
async def test_a_line_that_is_wrong_is_named_and_nothing_is_moved_in(body: str, said: str) -> None:
    good = (
        '{"record":"conversation","id":1,"title":"Rivers","created_at":"2026-01-01T12:00:00Z",'
        '"updated_at":"2026-01-01T12:00:00Z"}\n'
    )
    async with parley() as app:
        refused = await app.http.post("/archive", content=body)
        assert refused.status_code == 422
        assert said in refused.text
        assert (await app.http.post("/archive", content=good + (body or good))).status_code == 422
        below = good + '{"record":"message","id":2,"conversation_id":1,"role":"user","parent_id":7,'
        below += '"created_at":"2026-01-01T12:00:00Z","parts":[{"type":"text","text":"a"}]}\n{"record":"end"}\n'
        assert "after its parent" in (await app.http.post("/archive", content=below)).text
        assert (await app.http.get("/conversations")).json() == []
