"""What the chat page knows of the API: `python -m tests.support.web_api` writes it down anew.

From entrypoints/web/src/lib/api/openapi.json the page's build makes the types of its client, so a change of a route
that the page uses fails a test first, and then, once written down, whatever in the page no longer fits fails the build.
"""

import json
from pathlib import Path
from typing import Any

from entrypoints.container import Container
from entrypoints.http.app import create_app
from entrypoints.settings import Settings

WRITTEN = Path(__file__).parents[2] / "entrypoints" / "web" / "src" / "lib" / "api" / "openapi.json"
USED = (
    "GET /models",
    "GET /me",
    "GET /conversations",
    "POST /conversations",
    "GET /conversations/{id}",
    "PATCH /conversations/{id}",
    "DELETE /conversations/{id}",
    "GET /conversations/{id}/messages",
    "GET /conversations/{id}/forks",
    "POST /conversations/{id}/messages/{mid}/show",
    "POST /conversations/{id}/messages/{mid}/edit",
    "POST /conversations/{id}/messages/{mid}/regenerate",
    "GET /auth/methods",
    "POST /auth/session",
    "POST /auth/register",
    "POST /auth/oidc/login",
    "POST /me/password",
    "GET /api-keys",
    "POST /api-keys",
    "DELETE /api-keys/{id}",
    "GET /usage",
    "GET /limits",
    "POST /runs",
    "GET /runs/{id}",
    "GET /runs/{id}/events",
    "POST /runs/{id}/cancel",
    "GET /limits",
    "POST /documents",
    "GET /documents",
    "GET /documents/{id}",
    "GET /documents/{id}/text",
    "POST /documents/{id}/retry",
    "POST /documents/{id}/cancel",
    "DELETE /documents/{id}",
    "GET /approvals",
    "POST /approvals/{id}",
    "GET /workflows",
    "GET /workflows/{name}",
    "POST /workflows/{name}/runs",
    "GET /workflows/runs/{id}",
    "GET /usage",
    "GET /health/ready",
    "GET /admin/users",
    "PATCH /admin/users/{id}",
    "PUT /admin/users/{id}/limits",
    "DELETE /admin/users/{id}/limits",
    "GET /admin/invitations",
    "POST /admin/invitations",
    "DELETE /admin/invitations/{id}",
    "GET /admin/audit",
    "GET /admin/runs",
    "GET /api-keys",
    "POST /api-keys",
    "DELETE /api-keys/{id}",
)
"""The routes that the page asks."""


def page_document() -> dict[str, Any]:
    """The part of our OpenAPI document that describes those routes and the schemas they use."""
    whole = create_app(Container(settings=Settings(database_url="memory://"))).openapi()
    paths: dict[str, Any] = {}
    for route in USED:
        method, path = route.split()
        paths.setdefault(path, {})[method.lower()] = whole["paths"][path][method.lower()]
    schemas = whole["components"]["schemas"]
    used: dict[str, Any] = {}
    waiting = _named(paths)
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = schemas[name]
            waiting |= _named(schemas[name])
    info = {"title": "What the chat page uses", "version": "1"}
    return {"openapi": whole["openapi"], "info": info, "paths": paths, "components": {"schemas": _sorted(used)}}


def written_form(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _sorted(schemas: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(schemas.items()))


def _named(value: Any) -> set[str]:
    """The schemas that a part of the document refers to."""
    if isinstance(value, list):
        return set().union(*map(_named, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    here = {value["$ref"].rsplit("/", 1)[1]} if isinstance(value.get("$ref"), str) else set()
    return here.union(*map(_named, value.values()))


if __name__ == "__main__":
    WRITTEN.write_text(written_form(page_document()))
