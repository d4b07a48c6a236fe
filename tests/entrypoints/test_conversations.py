"""Conversations, messages and runs over HTTP."""

import json
import re

from tests.support.app import Parley, parley
from tests.support.databases import EVERY_DATABASE


@EVERY_DATABASE
async def test_a_conversation_is_made_seen_renamed_pinned_archived_and_deleted(app: Parley) -> None:
    made = await app.http.post("/conversations", json={"title": "Rivers", "user_id": "ann"})
    assert made.status_code == 201
    id = made.json()["id"]
    fields = {"id", "user_id", "title", "created_at", "updated_at", "pinned", "archived", "alias", "documents"}
    assert set(made.json()) == fields

    changed = (await app.http.patch(f"/conversations/{id}", json={"title": "Lakes", "pinned": True})).json()
    assert (changed["title"], changed["pinned"], changed["archived"]) == ("Lakes", True, False)
    seen = (await app.http.get(f"/conversations/{id}")).json()
    assert seen == {**changed, "active_run_id": None}

    assert (await app.http.delete(f"/conversations/{id}")).status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        gone = await app.http.request(method, f"/conversations/{id}", json={} if method == "PATCH" else None)
        assert (gone.status_code, gone.json()["detail"]) == (404, "Conversation not found")
    assert (await app.http.get(f"/conversations/{id}/messages")).status_code == 404


async def test_pages_of_conversations_follow_the_link_without_gap_or_repeat(app: Parley) -> None:
    ids = [(await app.http.post("/conversations")).json()["id"] for _ in range(7)]

    seen: list[int] = []
    url: str | None = "/conversations?limit=3"
    while url:
        response = await app.http.get(url)
        seen += [conversation["id"] for conversation in response.json()]
        link = re.fullmatch(r'<(.+)>; rel="next"', response.headers.get("link", ""))
        url = link[1] if link else None

    assert seen == sorted(ids, reverse=True)


@EVERY_DATABASE
async def test_search_is_literal_in_titles_and_messages(app: Parley) -> None:
    await app.http.post("/conversations", json={"title": "something else"})
    for query in ("100%", "a_b", "back\\slash", "it's", '"quoted"', "ÄPFEL", "OR 1=1 --"):
        titled = (await app.http.post("/conversations", json={"title": f"about {query} here"})).json()["id"]
        said = (await app.http.post("/chat", json={"message": f"tell me of {query} please"})).json()["conversation_id"]

        found = (await app.http.get("/conversations", params={"q": query})).json()

        assert [conversation["id"] for conversation in found] == [said, titled], query


async def test_a_label_filters_but_is_no_identity(app: Parley) -> None:
    ann = (await app.http.post("/conversations", json={"user_id": "ann"})).json()
    await app.http.post("/conversations", json={"user_id": "bob"})

    assert (await app.http.get("/conversations", params={"user_id": "ann"})).json() == [ann]
    assert (await app.http.get(f"/conversations/{ann['id']}", params={"user_id": "bob"})).status_code == 200


async def test_pages_of_messages_go_back_to_the_first(app: Parley) -> None:
    id = (await app.http.post("/conversations")).json()["id"]
    for i in range(4):
        await app.http.post("/chat", json={"message": f"question {i}", "conversation_id": id})

    whole = (await app.http.get(f"/conversations/{id}/messages", params={"limit": 100})).json()["messages"]
    pages, url = [], f"/conversations/{id}/messages?limit=3"
    while url:
        response = await app.http.get(url)
        pages.insert(0, response.json()["messages"])
        link = re.fullmatch(r'<(.+)>; rel="next"', response.headers.get("link", ""))
        url = link[1] if link else ""

    assert [m for page in pages for m in page] == whole
    assert [m["role"] for m in whole] == ["user", "assistant"] * 4
    assert [m["id"] for m in whole] == sorted(m["id"] for m in whole)


async def test_a_cursor_of_another_conversation_is_404(app: Parley) -> None:
    one = (await app.http.post("/chat", json={"message": "one"})).json()["conversation_id"]
    other = (await app.http.post("/chat", json={"message": "two"})).json()["conversation_id"]
    foreign = (await app.http.get(f"/conversations/{other}/messages")).json()["messages"][0]["id"]

    for name in ("before", "branch"):
        response = await app.http.get(f"/conversations/{one}/messages", params={name: foreign})
        assert (response.status_code, response.json()["detail"]) == (404, "Message not found")


async def test_while_an_answer_is_written_the_conversation_names_its_run() -> None:
    async with parley(demo_words_per_second=20) as app:
        async with app.http.stream("POST", "/chat/stream", json={"message": "Slowly"}) as response:
            first = json.loads(await anext(response.aiter_lines()))
            url = f"/conversations/{first['conversation_id']}"
            assert (await app.http.get(url)).json()["active_run_id"] == first["run_id"]
            answer = (await app.http.get(f"{url}/messages")).json()["messages"][-1]
            assert (answer["status"], answer["content"], answer["run_id"]) == ("in_progress", "", first["run_id"])

        assert (await app.http.delete(url)).status_code == 204
        assert (await app.http.get(f"/runs/{first['run_id']}")).status_code == 404


async def test_a_run_can_be_followed_from_every_cursor_in_both_forms(app: Parley) -> None:
    run_id = (await app.http.post("/chat", json={"message": "Follow me"})).json()["run_id"]
    run = (await app.http.get(f"/runs/{run_id}")).json()
    assert (run["status"], run["kind"], run["finish_reason"]) == ("completed", "reply", "stop")
    url = f"/runs/{run_id}/events"
    lines = (await app.http.get(url)).text.splitlines(keepends=True)
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, run["last_seq"] + 1))

    for k in range(len(lines) + 1):
        assert (await app.http.get(url, params={"after": k})).text == "".join(lines[k:])
        headers = {"accept": "text/event-stream", "Last-Event-ID": str(k)}
        framed = await app.http.get(url, headers=headers)
        assert framed.status_code == (204 if k == len(lines) else 200)
        datas = re.findall(r"^data: (.+)$", framed.text, re.MULTILINE)
        assert [json.loads(data) for data in datas] == [json.loads(line) for line in lines[k:]]
        assert re.findall(r"^id: (\d+)$", framed.text, re.MULTILINE) == [str(i) for i in range(k + 1, len(lines) + 1)]
