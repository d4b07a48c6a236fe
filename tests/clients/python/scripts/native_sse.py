"""httpx-sse on the native routes: `native_sse.py URL` reads a stored turn, hangs up in the middle, and comes back."""

import json
import sys
from importlib.metadata import version
from typing import Any

import httpx
from httpx_sse import EventSource, connect_sse

http = httpx.Client(base_url=sys.argv[1], timeout=30)


def read(source: EventSource, most: int | None = None) -> list[tuple[str, str, str]]:
    seen = []
    for event in source.iter_sse():
        seen.append((event.id, event.event, event.data))
        if len(seen) == most:
            break
    return seen


def follow(url: str, last: str, **more: Any) -> list[tuple[str, str, str]]:
    headers = {"Last-Event-ID": last, "Accept": "text/event-stream"}
    with connect_sse(http, "GET", url, headers=headers, **more) as source:
        return read(source)


def words(events: list[tuple[str, str, str]]) -> str:
    return "".join(json.loads(data)["token"] for _, event, data in events if event == "token")


params = {"prompt": "Why does a river bend?", "user_id": "sse"}
with connect_sse(http, "GET", "/chat/sse", params=params) as source:
    head = read(source, 3)
tail = follow("/chat/sse", head[-1][0], params=params)
(conversation,) = http.get("/conversations", params={"user_id": "sse"}).json()
messages = http.get(f"/conversations/{conversation['id']}/messages").json()["messages"]
run = f"/runs/{messages[-1]['run_id']}/events"
everything = follow(run, "0")
rest = follow(run, everything[2][0])
alone = follow("/chat/sse", "", params={"prompt": "Why?"})
with http.stream("GET", "/chat/sse", params={"prompt": "Why?"}, headers={"Last-Event-ID": alone[0][0]}) as again:
    stateless = again.status_code

print(
    json.dumps(
        {
            "version": version("httpx-sse"),
            "stored": messages[-1]["content"],
            "read": words(head) + words(tail),
            "questions": [message["content"] for message in messages if message["role"] == "user"],
            "last": tail[-1][1:],
            "resumed": rest == everything[3:],
            "stateless": [bool(words(alone)), alone[-1][1:], stateless],
        }
    )
)
