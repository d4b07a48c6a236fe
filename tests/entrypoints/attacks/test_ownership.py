"""Each route, tried with what belongs to somebody else: it answers as if there were no such thing, and nothing changes.

The tries are made from the table of routes: a route that is in none of the lists here fails the test.
"""

import asyncio
import json
import re
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from domain.access import Need
from entrypoints.http.route_table import NEEDS
from tests.support.app import Parley
from tests.support.people import Person, guarded, join
from tests.support.things import MARKER, things_of

MESSAGE = {"role": "user", "content": "mine now"}
FILE = {"type": "file", "file": {"file_id": "{file}"}}
ARCHIVE = (
    '{"record":"conversation","id":1,"title":"his own","created_at":"2026-01-01T12:00:00Z",'
    '"updated_at":"2026-01-01T12:00:00Z"}\n{"record":"end"}\n'
)

Route = str
Try = dict[str, Any]
"""`json` and `params`, with the names of ids in braces."""

OF_PATHS: dict[Route, Try] = {
    "PATCH /conversations/{id}": {"json": {"title": "mine now"}},
    "POST /conversations/{id}/messages/{mid}/regenerate": {"json": {}},
    "POST /conversations/{id}/messages/{mid}/edit": {"json": {"message": "mine now"}},
    "POST /conversations/{id}/messages/{mid}/show": {},
    "GET /runs/{id}/events": {"params": {"after": "1"}},
    "POST /agent/sessions/{id}/messages": {"json": {"message": "mine now"}},
    "POST /approvals/{id}": {"json": {"decision": "approve"}},
    "GET /v1/responses/{response_id}": {"params": {"stream": "true", "starting_after": "1"}},
    "POST /v1/conversations/{conversation_id}": {"json": {"metadata": {"of": "mine now"}}},
    "POST /v1/conversations/{conversation_id}/items": {"json": {"items": [MESSAGE]}},
    "POST /ai-sdk/chat/{chat_id:path}/stop": {},
    "POST /v1/vector_stores/{vector_store_id}": {"json": {"name": "mine now"}},
    "POST /v1/vector_stores/{vector_store_id}/search": {"json": {"query": "mine now"}},
    "POST /v1/vector_stores/{vector_store_id}/files": {"json": {"file_id": "file_1"}},
    "POST /v1/vector_stores/{vector_store_id}/files/{file_id}": {"json": {"attributes": {"of": "mine now"}}},
    "POST /v1/vector_stores/{vector_store_id}/file_batches": {"json": {"file_ids": ["file_1"]}},
}
"""What goes with routes whose path names a thing, where that alone is not all."""

OF_BODIES: dict[Route, list[Try]] = {
    "POST /chat": [{"json": {"message": "and?", "conversation_id": "{conversation}"}}],
    "POST /chat/stream": [{"json": {"message": "and?", "conversation_id": "{conversation}"}}],
    "POST /runs": [
        {"json": {"message": "and?", "conversation_id": "{conversation}"}},
        {"json": {"message": "and?", "documents": ["{document}"]}},
    ],
    "GET /approvals": [{"params": {"run_id": "{run}"}}],
    "GET /archive": [{"params": {"conversation_id": "{conversation}"}}],
    "POST /rag/chat": [{"json": {"question": "and?", "conversation_id": "{conversation}"}}],
    "POST /rag/chat/stream": [{"json": {"question": "and?", "conversation_id": "{conversation}"}}],
    "GET /chat/sse": [{"params": {"prompt": "and?", "conversation_id": "{conversation}"}}],
    "POST /v1/responses": [
        {"json": {"input": "and?", "previous_response_id": "{response}"}},
        {"json": {"input": "and?", "previous_response_id": "{response}", "stream": True}},
        {"json": {"input": "and?", "previous_response_id": "{response}", "store": False}},
        {"json": {"input": "and?", "conversation": "{v1_conversation}"}},
        {"json": {"input": "and?", "conversation": {"id": "{v1_conversation}"}}},
        {"json": {"input": [{"type": "item_reference", "id": "{item}"}, MESSAGE]}},
        {"json": {"input": "and?", "tools": [{"type": "file_search", "vector_store_ids": ["{vector_store}"]}]}},
        {"json": {"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "{file}"}]}]}},
    ],
    "POST /v1/chat/completions": [
        {"json": {"model": "demo:parrot", "messages": [{"role": "user", "content": [FILE]}]}},
        {"json": {"model": "demo:parrot", "messages": [{"role": "user", "content": [FILE]}], "store": True}},
    ],
    "POST /v1/vector_stores": [{"json": {"file_ids": ["{file}"]}}],
    "POST /v1/responses/compact": [
        {"json": {"model": "demo:parrot", "previous_response_id": "{response}"}},
        {"json": {"model": "demo:parrot", "input": [{"type": "item_reference", "id": "{item}"}, MESSAGE]}},
    ],
}
"""Routes whose body or query names things."""

IN_SOCKETS: dict[Route, list[dict[str, Any]]] = {
    "WS /ws/chat": [
        {"message": "and?", "conversation_id": "{conversation}"},
        {"resume": "{run}"},
        {"resume": "{run}", "after": 1},
    ],
    "WS /v1/responses": [
        {"type": "response.create", "input": "and?", "previous_response_id": "{response}"},
        {"type": "response.create", "input": "and?", "previous_response_id": "{response}", "store": False},
        {"type": "response.create", "input": "and?", "conversation": "{v1_conversation}"},
    ],
}

LISTS: dict[Route, list[dict[str, str]]] = {
    "GET /conversations": [{}, {"before": "1000"}, {"q": MARKER}, {"user_id": MARKER}, {"user_id": "ann"}],
    "GET /v1/conversations": [{}, {"after": "{v1_conversation}"}],
    "GET /approvals": [{}, {"status": "pending"}, {"before": "1000"}],
    "GET /api-keys": [{}, {"before": "1000"}],
    "GET /documents": [{}, {"before": "1000"}],
    "GET /v1/files": [{}, {"after": "{file}"}],
    "GET /v1/vector_stores": [{}, {"after": "{vector_store}"}],
    "GET /me": [{}],
    "GET /limits": [{}],
    "GET /usage": [{}],
    "GET /usage/calls": [{}],
    "GET /search": [{"q": "the"}],
    "GET /me/export": [{}],
    "GET /archive": [{}],
}
"""Routes that show only what is the caller's own, with the cursors and filters that they take."""

CREATES: dict[Route, Any] = {
    "POST /conversations": {"title": "mine", "user_id": MARKER},
    "POST /agent/sessions": {"initial_prompt": "help"},
    "POST /workflows/{name}/runs": {"topic": "Rivers", "target_audience": "all"},
    "POST /workflow/{name}": {"topic": "Rivers", "target_audience": "all"},
    "POST /v1/conversations": {},
    "POST /v1/chat/completions": {"model": "demo:parrot", "messages": [MESSAGE], "store": True},
    "POST /ai-sdk/chat": {
        "id": "{chat}",
        "messages": [{"id": "m", "role": "user", "parts": [{"type": "text", "text": "x"}]}],
    },
    "POST /complete": {"prompt": "help"},
    "POST /embed": {"texts": ["x"]},
    "POST /v1/embeddings": {"input": "x", "model": "demo:hashing"},
    "POST /agent": {"messages": [MESSAGE]},
    "POST /archive": {"content": ARCHIVE},
    "POST /documents": {"files": {"file": (f"{MARKER}.txt", f"{MARKER} of her own".encode())}},
    "POST /v1/files": {"files": {"file": ("b.txt", b"of his own")}, "data": {"purpose": "assistants"}},
}
"""Routes that name nothing of anybody: with the key and the names that somebody else used, what comes is one's own."""

OF_NOBODY = {
    "GET /models", "GET /workflows", "GET /workflows/{name}", "GET /v1/models", "GET /v1/models/{model:path}",
    "POST /auth/logout", "POST /me/password", "DELETE /me", "POST /api-keys",
}  # fmt: skip
"""The same for all, or about the caller's own account alone."""

ROUTES = [route for need, routes in NEEDS.items() if need not in (Need.NOTHING, Need.ADMIN) for route in routes]
WITH_PATHS = [route for route in ROUTES if "{" in route and route not in OF_NOBODY and route not in CREATES]


def test_every_route_is_tried() -> None:
    tried = {*WITH_PATHS, *OF_BODIES, *IN_SOCKETS, *LISTS, *CREATES, *OF_NOBODY}
    assert set(ROUTES) - tried == set()
    assert tried - set(ROUTES) == set()
    needs_more = {route for route in WITH_PATHS if route.startswith(("POST", "PATCH")) and route not in OF_PATHS}
    assert {route for route in needs_more if not route.endswith(("/cancel", "/pause", "/resume", "/retry"))} == set()


KIND_OF = (
    ("/workflows/runs/{id}", {"id": "workflow_run"}),
    ("/conversations/{id}", {"id": "conversation", "mid": "message"}),
    ("/runs/{id}", {"id": "run"}),
    ("/agent/sessions/{id}", {"id": "session"}),
    ("/approvals/{id}", {"id": "approval"}),
    ("/api-keys/{id}", {"id": "key"}),
    ("/documents/{id}", {"id": "document"}),
    ("/v1/files/", {"file_id": "file"}),
    ("/v1/vector_stores/", {"vector_store_id": "vector_store", "file_id": "file", "batch_id": "batch"}),
    ("/ai-sdk/", {"chat_id": "chat"}),
    ("/v1/responses/", {"response_id": "response"}),
    ("/v1/conversations/", {"conversation_id": "v1_conversation", "item_id": "item"}),
)


def in_path(path: str, ids: dict[str, Any]) -> str:
    names = next(names for beginning, names in KIND_OF if path.startswith(beginning))
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: str(ids[names[found[1]]]), path)


def filled(value: Any, ids: dict[str, Any]) -> Any:
    """The value with ids where their names stand."""
    if isinstance(value, dict):
        return {name: filled(each, ids) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, ids) for each in value]
    if isinstance(value, str) and re.fullmatch(r"{\w+}", value):
        return ids[value[1:-1]]
    return value


def nowhere(ids: dict[str, Any]) -> dict[str, Any]:
    """Ids of the same shapes that nothing has."""
    return {
        name: id + 900_000
        if isinstance(id, int)
        else re.sub(r"\d+", lambda n: str(int(n[0]) + 900_000), id) + ("" if re.search(r"\d", id) else "-no")
        for name, id in ids.items()
    }


def told(text: str, ids: dict[str, Any]) -> str:
    """What was said, without what differs from request to request."""
    text = re.sub(r"req_\w+", "", text)
    for id in sorted(map(str, ids.values()), key=len, reverse=True):
        text = text.replace(id, "ID")
    return text


async def export_of(app: Parley, person: Person) -> list[str]:
    lines = (await app.http.get("/me/export", headers=person.headers)).text.splitlines()
    return [line for line in lines if json.loads(line)["record"] not in ("audit_log", "logins")]


async def test_nobody_gets_at_what_is_anothers() -> None:
    async with guarded(tool_approvals={"calculator": "always"}) as app, asyncio.timeout(120):
        ann, ben = await join(app, "ann"), await join(app, "ben")
        ids = await things_of(app, ann)
        gone = nowhere(ids)
        before = await export_of(app, ann)
        assert MARKER in "".join(before)

        for route in WITH_PATHS:
            await check_path(app, ben, route, ids, gone)
        for route, tries in OF_BODIES.items():
            for each in tries:
                await check_body(app, ben, route, each, ids, gone)
        for route, frames in IN_SOCKETS.items():
            await check_socket(app, ben, route, frames, ids)
        for route, queries in LISTS.items():
            for query in queries:
                shown = await app.http.get(route.split()[1], params=filled(query, ids), headers=ben.headers)
                assert MARKER not in shown.text, (route, query)
        for route, body in CREATES.items():
            await check_created(app, ben, route, filled(body, ids))

        assert await export_of(app, ann) == before


async def check_path(app: Parley, ben: Person, route: str, ids: dict[str, Any], gone: dict[str, Any]) -> None:
    method, path = route.split()
    more = OF_PATHS.get(route, {})
    tried = await app.http.request(method, in_path(path, ids), headers=ben.headers, **more)
    unknown = await app.http.request(method, in_path(path, gone), headers=ben.headers, **more)
    expected = {404, 204} if path.startswith("/ai-sdk/") else {404}
    assert tried.status_code in expected, (route, tried.status_code, tried.text)
    assert (tried.status_code, told(tried.text, ids)) == (unknown.status_code, told(unknown.text, gone)), route
    assert MARKER not in tried.text


async def check_body(
    app: Parley, ben: Person, route: str, each: Try, ids: dict[str, Any], gone: dict[str, Any]
) -> None:
    method, path = route.split()
    tried = await app.http.request(method, path, headers=ben.headers, **filled(each, ids))
    unknown = await app.http.request(method, path, headers=ben.headers, **filled(each, gone))
    assert tried.status_code in (404, 400), (route, each, tried.text)
    assert "not_found" in tried.text, (route, each, tried.text)
    assert (tried.status_code, told(tried.text, ids)) == (unknown.status_code, told(unknown.text, gone)), (route, each)
    assert MARKER not in tried.text


async def check_socket(app: Parley, ben: Person, route: str, frames: list[Any], ids: dict[str, Any]) -> None:
    url = app.url.replace("http", "ws") + route.split()[1]
    async with connect(url, additional_headers=ben.headers) as socket:
        for frame in frames:
            await socket.send(json.dumps(filled(frame, ids)))
            said = str(await socket.recv())
            assert "not_found" in said, (route, frame, said)
            assert MARKER not in said
    with pytest.raises(InvalidStatus):
        await connect(url)


async def check_created(app: Parley, ben: Person, route: str, body: Any) -> None:
    """Under the Idempotency-Key that Ann used too."""
    path = route.split()[1].replace("{name}", "blog")
    sent = body if {"files", "content"} & set(body) else {"json": body}
    made = await app.http.post(path, **sent, headers={**ben.headers, "idempotency-key": f"{path}key-1"})
    assert made.status_code < 300, (route, made.text)
    if route not in ("POST /conversations", "POST /documents"):  # whose label or name it is
        assert MARKER not in made.text, route


@pytest.mark.parametrize("credential", [{}, {"authorization": "Bearer pk_guessed"}], ids=["nobody", "a guessed key"])
async def test_without_a_credential_no_route_says_anything(credential: dict[str, str]) -> None:
    async with guarded() as app:
        for route in [*ROUTES, *NEEDS[Need.ADMIN]]:
            method, path = route.split()
            concrete = re.sub(r"{[^}]+}", "1", path)
            if method == "WS":
                with pytest.raises(InvalidStatus) as refused:
                    await connect(app.url.replace("http", "ws") + concrete, additional_headers=credential)
                assert refused.value.response.status_code == 403
                continue
            answered = await app.http.request(method, concrete, headers=credential)
            assert answered.status_code == 401, route
            assert answered.headers["www-authenticate"] == "Bearer"


async def test_admin_routes_are_for_admins() -> None:
    async with guarded() as app:
        await join(app, "ann")
        ben = await join(app, "ben")
        for route in NEEDS[Need.ADMIN]:
            method, path = route.split()
            answered = await app.http.request(method, path.replace("{id}", "1"), headers=ben.headers)
            assert (answered.status_code, answered.json()["code"]) == (403, "forbidden"), route
