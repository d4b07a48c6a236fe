"""Attack 17 of the checklist: bodies, nesting, counts. What is too much is refused, and the server goes on."""

import json

from tests.support.app import Parley

MESSAGE = {"role": "user", "content": "x"}
HUGE = (10**9, 10**30, -1, 0.5)
COUNTS: list[tuple[str, str, object]] = [
    *(("POST", "/chat", {"messages": [MESSAGE], "max_tokens": count}) for count in HUGE[1:]),
    *(("POST", "/v1/chat/completions", {"model": "demo:parrot", "messages": [MESSAGE], "n": n}) for n in HUGE),
    *(("POST", "/v1/responses", {"model": "demo:parrot", "input": "x", "max_output_tokens": n}) for n in HUGE[1:]),
    *(("GET", f"/conversations?limit={count}", None) for count in HUGE),
    *(("GET", f"/search?q=x&top_k={count}", None) for count in HUGE),
    *(("POST", "/rag/chat", {"question": "x", "top_k": count}) for count in HUGE),
    ("POST", "/chat", {"messages": [MESSAGE] * 100_000}),
    ("POST", "/embed", {"texts": ["x"] * 100_000}),
    ("POST", "/v1/embeddings", {"model": "demo:hashing", "input": ["x"] * 100_000}),
]
"""What asks for more than there is of anything."""


async def test_17_counts_are_bounded(app: Parley) -> None:
    for verb, path, body in COUNTS:
        answer = await app.http.request(verb, path, json=body) if body else await app.http.request(verb, path)
        assert answer.status_code in (400, 413, 422), (path, str(body)[:80], answer.text[:200])


async def test_17_bodies_are_bounded_in_bytes_depth_and_keys(app: Parley) -> None:
    deep = b'{"message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    wide = json.dumps({"message": "x", **{f"key {n}": n for n in range(100_000)}}).encode()
    headers = {"content-type": "application/json"}
    for path in ("/chat", "/v1/chat/completions", "/ai-sdk/chat"):
        for body in (deep, wide, b'{"message": "' + b"x" * 5_000_000 + b'"}'):
            answer = await app.http.post(path, content=body, headers=headers)
            assert answer.status_code in (400, 413, 422), (path, body[:40], answer.status_code)
            assert len(answer.content) < 20_000
    assert (await app.http.post("/chat", json={"message": "still there?"})).status_code == 200
