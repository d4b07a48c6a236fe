"""What /docs promises is true: every route is described, and every example runs when pasted."""

from typing import Any

import pytest

from tests.support.app import Parley, until

PATH_VALUES = {
    "{id}": "1", "{model}": "demo:parrot", "{mid}": "1", "{response_id}": "resp_1", "{conversation_id}": "conv_2",
    "{item_id}": "msg_3", "{chat_id}": "chat-1",
}  # fmt: skip


@pytest.fixture
async def spec(app: Parley) -> dict[str, Any]:
    document: dict[str, Any] = (await app.http.get("/openapi.json")).json()
    return document


def operations(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
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
        assert operation.get("summary"), (verb, path)
        assert operation.get("tags"), (verb, path)
        if path.startswith("/v1/"):
            assert {"200", "4XX", "5XX"} == set(operation["responses"]), (verb, path)
        elif path not in ("/", "/health/live", "/health/ready"):
            assert {"401", "403", "413", "422", "503"} <= set(operation["responses"]), (verb, path)
        errors = {code: said for code, said in operation["responses"].items() if code[0] in "45"}
        kind = "application/json" if path.startswith("/v1/") else "application/problem+json"
        assert all(set(said["content"]) == {kind} for said in errors.values()), (verb, path)


async def idle(app: Parley) -> bool:
    return (await app.http.get("/conversations/1")).json()["active_run_id"] is None


async def test_every_example_runs_when_pasted(app: Parley, spec: dict[str, Any]) -> None:
    first = {"input": "so that conversation 1 and run 1 exist, and can be cancelled", "background": True}
    await app.http.post("/v1/responses", json=first)
    await app.http.post("/v1/conversations", json={"items": [{"role": "user", "content": "so that these do too"}]})
    ran = 0
    for path, verb, operation in sorted(operations(spec), key=lambda o: -len(o[0]) if o[1] == "delete" else -1000):
        query = {
            p["name"]: p["schema"].get("examples", [None])[0]
            for p in operation.get("parameters", [])
            if p["in"] == "query" and p["required"]
        }
        bodies: list[Any] = [None]
        if body := operation.get("requestBody"):
            schema = body["content"]["application/json"]["schema"]
            names = [s["$ref"].rsplit("/", 1)[1] for s in (schema, *schema.get("anyOf", ())) if "$ref" in s]
            bodies = [example for name in names for example in spec["components"]["schemas"][name]["examples"]]
        for example in bodies:
            await until(lambda: idle(app))
            url = path
            for name, value in PATH_VALUES.items():
                url = url.replace(name, value)
            response = await app.http.request(verb.upper(), url, json=example, params=query)
            assert response.status_code < 300, (verb, path, response.text)
            ran += 1
    assert ran >= 17
