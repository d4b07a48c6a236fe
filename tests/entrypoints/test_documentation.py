"""What /docs promises is true: every route is described, and every example runs when pasted."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator

from tests.support.app import Parley, parley, until

Operation = tuple[str, str, dict[str, Any]]
"""Path, verb, and what is said of it."""
OPEN = ("/", "/health/live", "/health/ready")
OF_LOGINS = ("/auth", "/me", "/api-keys", "/admin")
"""Their examples run where there are logins: in access/test_examples.py."""
DECISIONS = 2
"""So many examples there are of how to decide."""
WITHOUT_BODY = (204, 499)
FORMS = ("/documents", "/v1/files")


@pytest.fixture
async def app() -> AsyncIterator[Parley]:
    """Where a person is asked, so that there is something to approve."""
    async with parley(tool_approvals={"calculator": "always"}) as running:
        yield running


@pytest.fixture
async def spec(app: Parley) -> dict[str, Any]:
    document: dict[str, Any] = (await app.http.get("/openapi.json")).json()
    return document


def operations(spec: dict[str, Any]) -> list[Operation]:
    return [(path, verb, op) for path, verbs in spec["paths"].items() for verb, op in verbs.items()]


async def test_every_route_of_the_surface_is_described(spec: dict[str, Any]) -> None:
    described = {f"{verb.upper()} {path}" for path, verb, _ in operations(spec)}

    assert described >= {
        "GET /", "POST /chat", "POST /chat/stream", "GET /chat/sse", "GET /conversations", "POST /conversations",
        "GET /conversations/{id}", "PATCH /conversations/{id}", "DELETE /conversations/{id}",
        "GET /conversations/{id}/messages", "POST /complete", "POST /embed", "GET /runs/{id}",
        "POST /conversations/{id}/messages/{mid}/regenerate", "POST /conversations/{id}/messages/{mid}/edit",
        "POST /ai-sdk/chat", "GET /ai-sdk/chat/{chat_id}", "GET /ai-sdk/chat/{chat_id}/stream",
        "POST /ai-sdk/chat/{chat_id}/stop",
        "GET /runs/{id}/events", "POST /runs/{id}/cancel", "GET /health/live", "GET /health/ready",
    }  # fmt: skip
    for path, verb, operation in operations(spec):
        for name in ("summary", "description", "tags"):
            assert operation.get(name), (verb, path, name)
        if path.startswith("/v1/"):
            assert {"200", "4XX", "5XX"} == set(operation["responses"]), (verb, path)
        elif path not in OPEN:
            assert {"401", "403", "413", "422", "503"} <= set(operation["responses"]), (verb, path)
        errors = {code: said for code, said in operation["responses"].items() if code[0] in "45"}
        kind = "application/json" if path.startswith("/v1/") else "application/problem+json"
        assert all(set(said["content"]) == {kind} for said in errors.values()), (verb, path)


async def test_every_example_runs_when_pasted_and_is_answered_as_documented(app: Parley, spec: dict[str, Any]) -> None:
    made = await something_to_look_at(app)
    waiting = itertools.count(1)
    ran = 0
    for path, verb, operation in sorted(operations(spec), key=order):
        if path.startswith(OF_LOGINS):
            continue
        for example in bodies_of(operation, spec):
            given = {
                p["name"]: p["schema"]["examples"][0] for p in operation.get("parameters", []) if p.get("required")
            }
            for beginning, ids in made.items():
                given |= ids if path.startswith(beginning) else {}
            if (path, verb) == ("/approvals/{id}", "post"):
                given = {"id": next(waiting)}
            query = {name: value for name, value in given.items() if f"{{{name}}}" not in path}
            sent = {"content": example} if isinstance(example, str) else {"json": example}
            if verb == "post" and path in FORMS:
                sent = {"files": example, "data": {"purpose": "assistants"}}
            response = await app.http.request(verb.upper(), path.format(**given), params=query, **sent)
            assert response.status_code < 300, (verb, path, response.text)
            check(response, operation, spec)
            ran += 1
            await until(lambda: idle(app))
    assert ran >= 50


async def something_to_look_at(app: Parley) -> dict[str, dict[str, Any]]:
    """The first response, which may be cancelled, is what most examples name; the ids of the others, by path."""
    post = app.http.post
    await post("/v1/responses", json={"input": "Why?", "background": True})
    for _ in range(DECISIONS):
        asked = await post("/agent/sessions", json={"initial_prompt": 'call calculator with {"expression": "1"}'})
    await until(lambda: pending(app))
    workflow = await post("/workflows/blog/runs", json={"topic": "Rivers", "target_audience": "all"})
    conversation = (await post("/v1/conversations", json={"items": [{"role": "user", "content": "Why?"}]})).json()["id"]
    [item] = (await app.http.get(f"/v1/conversations/{conversation}/items")).json()["data"]
    good, bad, spare = [
        (await post("/documents", files={"file": file})).json()["document_id"]
        for file in (("rivers.txt", b"Rivers bend."), ("torn.pdf", b"%PDF-1.7 torn"), ("spare.txt", b"Seas do not."))
    ]
    await until(lambda: has_status(app, good, "ready"), seconds=30)
    await until(lambda: has_status(app, bad, "failed"), seconds=30)
    file = f"file_{good}"
    store = (await post("/v1/vector_stores", json={"file_ids": [file]})).json()["id"]
    batch = (await post(f"/v1/vector_stores/{store}/file_batches", json={"file_ids": [file]})).json()["id"]
    return {
        "/documents/{id}": {"id": good},
        "/documents/{id}/retry": {"id": bad},
        "/v1/vector_stores/{vector_store_id}": {"vector_store_id": store, "file_id": file, "batch_id": batch},
        "/v1/files/{file_id}": {"file_id": f"file_{spare}"},
        "/agent/sessions/{id}": {"id": asked.json()["session_id"]},
        "/workflows/runs/{id}": {"id": workflow.json()["id"]},
        "/v1/conversations/{conversation_id}": {"conversation_id": conversation},
        "/v1/conversations/{conversation_id}/items/{item_id}": {"item_id": item["id"]},
    }


def order(operation: Operation) -> tuple[bool, bool, int]:
    """What waits for a person first; what deletes last, and the whole after its parts."""
    path, verb, _ = operation
    return verb == "delete", path != "/approvals/{id}", -path.count("/") if verb == "delete" else 0


def bodies_of(operation: dict[str, Any], spec: dict[str, Any]) -> list[Any]:
    if "requestBody" not in operation:
        return [None]
    if "multipart/form-data" in operation["requestBody"]["content"]:
        return [{"file": ("lakes.txt", b"Lakes do not.")}]
    if lines := operation["requestBody"]["content"].get("application/jsonl"):
        return [lines["example"]]
    content = operation["requestBody"]["content"]["application/json"]
    schema = content["schema"]
    found = [*schema.get("examples", ()), *([content["example"]] if "example" in content else [])]
    for each in (schema, *schema.get("anyOf", ())):
        if "$ref" in each:
            found += spec["components"]["schemas"][each["$ref"].rsplit("/", 1)[1]].get("examples", [])
    assert found, f"there is no example of {schema}"
    return found


def check(response: httpx2.Response, operation: dict[str, Any], spec: dict[str, Any]) -> None:
    """The status and the kind of the answer are documented, and JSON fits its schema."""
    documented = operation["responses"][str(response.status_code)]
    if response.status_code in WITHOUT_BODY:
        return
    kind = response.headers["content-type"].partition(";")[0]
    assert kind in documented["content"], (response.url, kind)
    if kind == "application/json" and (schema := documented["content"][kind].get("schema")):
        Draft202012Validator({**schema, "components": spec["components"]}).validate(response.json())


async def pending(app: Parley) -> bool:
    return len((await app.http.get("/approvals?status=pending")).json()) == DECISIONS


async def has_status(app: Parley, id: int, status: str) -> bool:
    return bool((await app.http.get(f"/documents/{id}")).json()["status"] == status)


async def idle(app: Parley) -> bool:
    """No run is under way anywhere, but for those that wait for a person."""
    ids = [conversation["id"] for conversation in (await app.http.get("/conversations")).json()]
    runs = [(await app.http.get(f"/conversations/{id}")).json()["active_run_id"] for id in ids]
    states = [(await app.http.get(f"/runs/{run}")).json()["status"] for run in runs if run]
    return all(state == "waiting" for state in states)
