"""Headers, ids and bodies that nobody thought of: whatever they are, it is no credential and no error of ours."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrypoints.http.app import create_app
from tests.support.app import Parley
from tests.support.people import ADMIN_KEY, guarded

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PREFIXES = (
    b"",
    b"Bearer ",
    b"bearer ",
    b"Basic ",
    b"Bearer pk_",
    b"Bearer rt_",
    b"Bearer eyJhbGciOiJub25lIn0.",
    b"Bearer\t",
)
VALUES = st.builds(bytes.__add__, st.sampled_from(PREFIXES), st.binary(max_size=300))
NAMES = st.sampled_from([b"authorization", b"x-api-key", b"cookie", b"proxy-authorization", b"x-forwarded-user"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("username", "password", "invitation", "refresh_token", "name", "scopes", "expires_at", "confirm", "is_admin")
BODIES = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5) | JSON
ROUTES = (
    "POST /auth/register", "POST /auth/login", "POST /auth/refresh", "POST /auth/session", "POST /auth/session/refresh",
    "DELETE /auth/session", "POST /auth/oidc/login", "GET /auth/oidc/callback", "POST /api-keys", "POST /me/password",
    "DELETE /me", "PATCH /admin/users/1", "POST /admin/invitations", "POST /chat", "POST /conversations",
)  # fmt: skip
IDS = (
    st.text(max_size=60)
    | st.integers().map(str)
    | st.sampled_from(["0", "-1", "1e9", "9" * 400, "%00", "..", "1;2", "٣"])
)


@pytest.fixture
async def app() -> AsyncIterator[Parley]:
    async with guarded() as running:
        yield running


@pytest.fixture
async def inner(app: Parley) -> AsyncIterator[httpx2.AsyncClient]:
    """Without a socket, so that any bytes get as far as the gate."""
    transport = httpx2.ASGITransport(create_app(app.container), client=("203.0.113.9", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://parley") as client:
        yield client


@given(headers=st.lists(st.tuples(NAMES, VALUES), max_size=4))
@FEW
async def test_1_whatever_stands_in_a_header_is_no_credential(
    inner: httpx2.AsyncClient, headers: list[tuple[bytes, bytes]]
) -> None:
    answered = await inner.get("/me", headers=headers)
    assert (answered.status_code, answered.json()["code"]) == (401, "unauthenticated")


@given(
    route=st.sampled_from(ROUTES),
    body=BODIES,
    query=st.dictionaries(st.text(max_size=9), st.text(max_size=20), max_size=3),
)
@FEW
async def test_whatever_stands_in_a_body_is_answered(
    inner: httpx2.AsyncClient, route: str, body: Any, query: dict[str, str]
) -> None:
    method, path = route.split()
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    own = {"content-type": "application/json", "origin": "http://parley"}
    for headers in (own, {**own, "x-api-key": ADMIN_KEY}):
        answered = await inner.request(method, path, params=query, content=content, headers=headers)
        assert answered.status_code < 500 or answered.status_code == 503, (route, answered.text)


@given(id=IDS, method=st.sampled_from(["GET", "PATCH", "DELETE", "POST"]))
@FEW
async def test_whatever_an_id_is_it_names_nothing(inner: httpx2.AsyncClient, id: str, method: str) -> None:
    for path in ("conversations", "runs", "admin/users", "api-keys", "approvals", "agent/sessions", "v1/responses"):
        address = httpx2.URL("http://parley").copy_with(raw_path=f"/{path}/".encode() + quoted(id))
        answered = await inner.request(method, address, headers={"x-api-key": ADMIN_KEY}, json={})
        assert answered.status_code < 500, (path, id, answered.text)


def quoted(id: str) -> bytes:
    return "".join(f"%{byte:02x}" for byte in id.encode("utf-8", "surrogatepass")).encode()
