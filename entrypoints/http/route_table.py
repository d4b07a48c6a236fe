"""What each route asks of its caller, and what the audit log keeps. A route that is not in here fails the tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from re import Pattern

from starlette.routing import compile_path
from starlette.types import Scope

from domain.access import Need

NEEDS: dict[Need, tuple[str, ...]] = {
    Need.NOTHING: (
        "GET /",
        "GET /c/{id}",
        "GET /library",
        "GET /library/{id}",
        "GET /flows",
        "GET /flows/{name}",
        "GET /flows/runs/{id}",
        "GET /settings",
        "GET /admin",
        "GET /login",
        "GET /assets/{name}",
        "GET /health/live",
        "GET /health/ready",
        "GET /docs",
        "GET /docs/oauth2-redirect",
        "GET /redoc",
        "GET /openapi.json",
        "POST /auth/register",
        "POST /auth/login",
        "POST /auth/refresh",
        "GET /auth/methods",
        "POST /auth/session",
        "POST /auth/session/refresh",
        "DELETE /auth/session",
        "GET /auth/oidc/login",
        "POST /auth/oidc/login",
        "GET /auth/oidc/callback",
    ),
    Need.CREDENTIAL: ("POST /auth/logout", "GET /me", "GET /limits", "GET /usage", "GET /usage/calls"),
    Need.ACCOUNT: (
        "POST /me/password",
        "GET /me/export",
        "DELETE /me",
        "GET /api-keys",
        "POST /api-keys",
        "DELETE /api-keys/{id}",
    ),
    Need.ADMIN: (
        "GET /admin/users",
        "PATCH /admin/users/{id}",
        "DELETE /admin/users/{id}",
        "PUT /admin/users/{id}/limits",
        "DELETE /admin/users/{id}/limits",
        "GET /admin/invitations",
        "POST /admin/invitations",
        "DELETE /admin/invitations/{id}",
        "GET /admin/audit",
        "GET /admin/runs",
    ),
    Need.CHAT: (
        "POST /chat",
        "POST /chat/stream",
        "GET /chat/sse",
        "WS /ws/chat",
        "GET /conversations",
        "POST /conversations",
        "GET /conversations/{id}",
        "PATCH /conversations/{id}",
        "DELETE /conversations/{id}",
        "GET /conversations/{id}/messages",
        "POST /conversations/{id}/messages/{mid}/regenerate",
        "POST /conversations/{id}/messages/{mid}/edit",
        "GET /conversations/{id}/forks",
        "POST /conversations/{id}/messages/{mid}/show",
        "GET /archive",
        "POST /archive",
        "POST /runs",
        "GET /runs/{id}",
        "GET /runs/{id}/events",
        "POST /runs/{id}/cancel",
        "POST /complete",
        "POST /embed",
        "GET /models",
        "POST /agent",
        "POST /agent/sessions",
        "GET /agent/sessions/{id}",
        "POST /agent/sessions/{id}/messages",
        "POST /agent/sessions/{id}/pause",
        "POST /agent/sessions/{id}/resume",
        "POST /agent/sessions/{id}/cancel",
        "GET /approvals",
        "GET /approvals/{id}",
        "POST /approvals/{id}",
        "GET /workflows",
        "GET /workflows/{name}",
        "POST /workflows/{name}/runs",
        "GET /workflows/runs/{id}",
        "POST /workflow/{name}",
        "POST /ai-sdk/chat",
        "GET /ai-sdk/chat/{chat_id:path}/stream",
        "POST /ai-sdk/chat/{chat_id:path}/stop",
        "GET /ai-sdk/chat/{chat_id:path}",
        "POST /v1/chat/completions",
        "POST /v1/responses",
        "WS /v1/responses",
        "GET /v1/responses/{response_id}",
        "DELETE /v1/responses/{response_id}",
        "POST /v1/responses/{response_id}/cancel",
        "GET /v1/responses/{response_id}/input_items",
        "POST /v1/responses/compact",
        "GET /v1/conversations",
        "POST /v1/conversations",
        "GET /v1/conversations/{conversation_id}",
        "POST /v1/conversations/{conversation_id}",
        "DELETE /v1/conversations/{conversation_id}",
        "GET /v1/conversations/{conversation_id}/items",
        "POST /v1/conversations/{conversation_id}/items",
        "GET /v1/conversations/{conversation_id}/items/{item_id}",
        "DELETE /v1/conversations/{conversation_id}/items/{item_id}",
        "POST /v1/embeddings",
        "GET /v1/models",
        "GET /v1/models/{model:path}",
    ),
    Need.DOCUMENTS: (
        "POST /documents",
        "GET /documents",
        "GET /documents/{id}",
        "GET /documents/{id}/text",
        "GET /documents/{id}/content",
        "POST /documents/{id}/retry",
        "POST /documents/{id}/cancel",
        "DELETE /documents/{id}",
        "GET /search",
        "POST /rag/chat",
        "POST /rag/chat/stream",
        "POST /v1/files",
        "GET /v1/files",
        "GET /v1/files/{file_id}",
        "GET /v1/files/{file_id}/content",
        "DELETE /v1/files/{file_id}",
        "POST /v1/vector_stores",
        "GET /v1/vector_stores",
        "GET /v1/vector_stores/{vector_store_id}",
        "POST /v1/vector_stores/{vector_store_id}",
        "DELETE /v1/vector_stores/{vector_store_id}",
        "POST /v1/vector_stores/{vector_store_id}/search",
        "POST /v1/vector_stores/{vector_store_id}/files",
        "GET /v1/vector_stores/{vector_store_id}/files",
        "GET /v1/vector_stores/{vector_store_id}/files/{file_id}",
        "POST /v1/vector_stores/{vector_store_id}/files/{file_id}",
        "DELETE /v1/vector_stores/{vector_store_id}/files/{file_id}",
        "GET /v1/vector_stores/{vector_store_id}/files/{file_id}/content",
        "POST /v1/vector_stores/{vector_store_id}/file_batches",
        "GET /v1/vector_stores/{vector_store_id}/file_batches/{batch_id}",
        "POST /v1/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel",
        "GET /v1/vector_stores/{vector_store_id}/file_batches/{batch_id}/files",
    ),
}
SPENDS = frozenset(
    {
        "POST /chat",
        "POST /chat/stream",
        "GET /chat/sse",
        "POST /runs",
        "POST /conversations/{id}/messages/{mid}/regenerate",
        "POST /conversations/{id}/messages/{mid}/edit",
        "POST /complete",
        "POST /embed",
        "GET /search",
        "POST /rag/chat",
        "POST /rag/chat/stream",
        "POST /documents",
        "POST /documents/{id}/retry",
        "POST /v1/files",
        "POST /v1/vector_stores/{vector_store_id}/search",
        "POST /agent",
        "POST /agent/sessions",
        "POST /agent/sessions/{id}/messages",
        "POST /workflows/{name}/runs",
        "POST /workflow/{name}",
        "POST /ai-sdk/chat",
        "POST /v1/chat/completions",
        "POST /v1/responses",
        "POST /v1/responses/compact",
        "POST /v1/embeddings",
    }
)
"""What costs, and so counts as a request of the caller's limits. A GET among them changes something: a key that may
only read may not send it unless it is in LOOKS. On sockets it is each frame that counts."""
LOOKS = frozenset({"GET /search"})
"""GETs that cost and change nothing."""
COSTS_NOTHING = frozenset(
    {
        "POST /archive",
        "POST /conversations",
        "POST /conversations/{id}/messages/{mid}/show",
        "POST /runs/{id}/cancel",
        "POST /agent/sessions/{id}/pause",
        "POST /agent/sessions/{id}/resume",
        "POST /agent/sessions/{id}/cancel",
        "POST /approvals/{id}",
        "POST /ai-sdk/chat/{chat_id:path}/stop",
        "POST /v1/responses/{response_id}/cancel",
        "POST /documents/{id}/cancel",
        "POST /v1/conversations",
        "POST /v1/conversations/{conversation_id}",
        "POST /v1/conversations/{conversation_id}/items",
        "POST /v1/vector_stores",
        "POST /v1/vector_stores/{vector_store_id}",
        "POST /v1/vector_stores/{vector_store_id}/files",
        "POST /v1/vector_stores/{vector_store_id}/files/{file_id}",
        "POST /v1/vector_stores/{vector_store_id}/file_batches",
        "POST /v1/vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel",
    }
)
"""POSTs that ask no model, or go on with what was begun: each other POST for chat or documents is in SPENDS."""
STAYS = SPENDS | {
    "WS /ws/chat",
    "WS /v1/responses",
    "GET /runs/{id}/events",
    "GET /ai-sdk/chat/{chat_id:path}/stream",
    "GET /v1/responses/{response_id}",
}
"""What may stay open for long, and so counts as a stream of the caller's limits while it does."""

REFRESH = "use a refresh token twice"
LOG_IN = "log in"
AUDITED = {
    "POST /auth/register": "register",
    "POST /auth/login": LOG_IN,
    "POST /auth/refresh": REFRESH,
    "POST /auth/logout": "log out",
    "POST /auth/session": LOG_IN,
    "GET /auth/oidc/callback": LOG_IN,
    "POST /auth/session/refresh": REFRESH,
    "DELETE /auth/session": "log out",
    "POST /me/password": "change a password",
    "GET /me/export": "take out everything",
    "GET /archive": "take out conversations",
    "POST /archive": "move conversations in",
    "DELETE /me": "delete an account",
    "POST /api-keys": "create a key",
    "DELETE /api-keys/{id}": "revoke a key",
    "POST /approvals/{id}": "decide an approval",
    "DELETE /conversations/{id}": "delete a conversation",
    "DELETE /v1/conversations/{conversation_id}": "delete a conversation",
    "DELETE /v1/conversations/{conversation_id}/items/{item_id}": "delete a message",
    "DELETE /v1/responses/{response_id}": "delete a run",
    "DELETE /documents/{id}": "delete a document",
    "DELETE /v1/files/{file_id}": "delete a document",
    "DELETE /v1/vector_stores/{vector_store_id}": "delete a vector store",
    "PATCH /admin/users/{id}": "change a user",
    "DELETE /admin/users/{id}": "delete a user",
    "PUT /admin/users/{id}/limits": "give a user limits",
    "DELETE /admin/users/{id}/limits": "take a user's limits away",
    "POST /admin/invitations": "invite",
    "DELETE /admin/invitations/{id}": "take an invitation back",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`looks`: nothing is changed. `spends` and `stays` are as the tables have it.

    `audited` is what the audit log calls it, if it keeps it.
    """

    need: Need
    looks: bool = False
    audited: str | None = None
    spends: bool = False
    stays: bool = False
    is_health: bool = False


ANYTHING_ELSE = Rule(Need.ACCOUNT)
"""What is not in the table: who asks without a credential, or with a key for some things only, gets no further."""


class RouteTable:
    def __init__(self, needs: dict[Need, tuple[str, ...]] = NEEDS) -> None:
        self._exact: dict[tuple[str, str], Rule] = {}
        self._patterns: dict[tuple[str, str], list[tuple[Pattern[str], Rule]]] = {}
        for need, routes in needs.items():
            for route in routes:
                self._add(route, need)

    def find(self, scope: Scope) -> Rule:
        method = "WS" if scope["type"] == "websocket" else scope["method"]
        path = scope["path"]
        method = "GET" if method == "HEAD" else method
        if rule := self._exact.get((method, path)):
            return rule
        return self._matching(self._patterns.get((method, _first(path)), ()), path)

    def _matching(self, candidates: Iterable[tuple[Pattern[str], Rule]], path: str) -> Rule:
        return next((rule for pattern, rule in candidates if pattern.match(path)), ANYTHING_ELSE)

    def _add(self, route: str, need: Need) -> None:
        method, path = route.split()
        looks = method == "GET" and (route not in SPENDS or route in LOOKS)
        spends, stays = route in SPENDS, route in STAYS
        rule = Rule(need, looks, AUDITED.get(route), spends, stays, path.startswith("/health/"))
        if "{" in path:
            pattern = compile_path(path)[0]
            self._patterns.setdefault((method, _first(path)), []).append((pattern, rule))
        else:
            self._exact[method, path] = rule


def _first(path: str) -> str:
    """What comes first in a path: of `/v1` the second word too."""
    _, first, second, *_ = [*path.split("/", 3), "", ""]
    return f"v1/{second}" if first == "v1" else first
