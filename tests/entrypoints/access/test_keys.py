"""API keys: shown once, good for their scopes, in every header alike, until they are revoked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.app import Parley
from tests.support.people import ADMIN, ADMIN_KEY, Person, guarded, join, make_key


@pytest.fixture
async def app() -> AsyncIterator[Parley]:
    async with guarded(demo_words_per_second=5) as running:
        yield running


@pytest.fixture
async def ann(app: Parley) -> Person:
    return await join(app, "ann")


def bearing(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def test_a_key_is_shown_once_and_listed_without_its_secret(app: Parley, ann: Person) -> None:
    id, key = await make_key(app, ann.headers, "read", "chat")
    assert key.startswith("pk_")
    [listed] = (await app.http.get("/api-keys", headers=ann.headers)).json()
    assert (listed["id"], listed["prefix"], listed["scopes"]) == (id, key[:9], ["chat", "read"])
    assert key not in str(listed)
    me = (await app.http.get("/me", headers=bearing(key))).json()
    assert (me["owner"], me["kind"], me["key_id"], me["is_admin"]) == (ann.owner, "key", id, False)


async def test_a_key_does_what_its_scopes_say_and_no_more(app: Parley, ann: Person) -> None:
    asked = await app.http.post("/conversations", json={}, headers=ann.headers)
    conversation = f"/conversations/{asked.json()['id']}"
    _, read = await make_key(app, ann.headers, "read")
    _, chat = await make_key(app, ann.headers, "chat")
    _, documents = await make_key(app, ann.headers, "documents")
    _, admin = await make_key(app, ann.headers, "admin")

    async def statuses(method: str, path: str, json: object = None) -> list[int]:
        keys = (read, chat, documents, admin)
        return [(await app.http.request(method, path, json=json, headers=bearing(key))).status_code for key in keys]

    assert await statuses("GET", conversation) == [200, 200, 403, 403]
    assert await statuses("PATCH", conversation, {"title": "New"}) == [403, 200, 403, 403]
    assert await statuses("GET", "/chat/sse?prompt=") == [403, 422, 403, 403]
    assert await statuses("GET", "/admin/users") == [403, 403, 403, 200]
    assert await statuses("POST", "/api-keys", {"name": "more"}) == [403, 403, 403, 403]
    assert await statuses("GET", "/me") == [200, 200, 200, 200]
    assert await statuses("POST", "/v1/embeddings", {"input": "x", "model": "demo:hashing"}) == [403, 200, 403, 403]


async def test_nobody_gives_a_key_more_than_they_have(app: Parley, ann: Person) -> None:
    ben = await join(app, "ben")
    refused = await app.http.post("/api-keys", json={"name": "k", "scopes": ["admin"]}, headers=ben.headers)
    assert refused.status_code == 403
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    wrongs: list[dict[str, object]] = [{"scopes": []}, {"scopes": ["root"]}, {"owner": "local"}]
    wrongs += [
        {"expires_at": moment} for moment in (past, 99999999999, "99999999999", "2999-01-01", "2999-01-01T00:00")
    ]
    wrongs += [{"limits": {"cost_per_day": cost}} for cost in ("", "NaN", "1e3", " 1", "-1", "1000000001", -1, 1e10)]
    for wrong in wrongs:
        body = {"name": "k", **wrong}
        assert (await app.http.post("/api-keys", json=body, headers=ben.headers)).status_code == 422, wrong
    id, _ = await make_key(app, ann.headers, "read")
    assert (await app.http.delete(f"/api-keys/{id}", headers=ben.headers)).status_code == 404
    assert (await app.http.delete(f"/api-keys/{id}", headers=ADMIN)).status_code == 404


async def test_a_key_of_an_admin_who_is_none_any_more_is_no_admins_key(app: Parley, ann: Person) -> None:
    ben = await join(app, "ben")
    await app.http.patch(f"/admin/users/{ben.id}", json={"is_admin": True}, headers=ann.headers)
    _, key = await make_key(app, ben.headers, "admin", "read")
    assert (await app.http.get("/admin/users", headers=bearing(key))).status_code == 200
    await app.http.patch(f"/admin/users/{ben.id}", json={"is_admin": False}, headers=ann.headers)
    assert (await app.http.get("/admin/users", headers=bearing(key))).status_code == 403


async def test_every_carrier_decides_the_same_and_an_address_is_none(app: Parley, ann: Person) -> None:
    id, key = await make_key(app, ann.headers, "read")
    socket = f"{app.url.replace('http', 'ws')}/ws/chat"

    async def decisions(secret: str) -> set[int]:
        carried = [{"authorization": f"Bearer {secret}"}, {"authorization": f"bearer {secret}"}, {"x-api-key": secret}]
        return {(await app.http.get("/conversations", headers=headers)).status_code for headers in carried}

    for secret in (key, ADMIN_KEY, ann.access_token):
        assert await decisions(secret) == {200}
        in_address = await app.http.get("/conversations", params={"api_key": secret})
        assert in_address.status_code == 401
        assert "header" in in_address.json()["detail"]
        both = await app.http.get("/conversations", params={"token": secret}, headers=ADMIN)
        assert both.status_code == 401
        assert (await app.http.get("/conversations", headers={"cookie": f"api_key={secret}"})).status_code == 401
    async with connect(socket, subprotocols=["parley", f"bearer.{ann.access_token}"]) as open_socket:  # type: ignore[list-item]
        assert open_socket.subprotocol == "parley"
    for secret in (key, "pk_wrong"):  # a key that only reads does not open a socket
        for carrier in ({"subprotocols": ["parley", f"bearer.{secret}"]}, {"additional_headers": bearing(secret)}):
            with pytest.raises(InvalidStatus):
                await connect(socket, **carrier)
    with pytest.raises(InvalidStatus):
        await connect(f"{socket}?token={ann.access_token}")
    assert (await app.http.delete(f"/api-keys/{id}", headers=ann.headers)).status_code == 204
    assert await decisions(key) == {401}
    assert await decisions("pk_never") == {401}


@pytest.mark.parametrize("how", ["key", "login", "user"])
async def test_open_streams_and_sockets_end_when_what_opened_them_is_revoked(app: Parley, how: str) -> None:
    ann, ben = await join(app, "ann"), await join(app, "ben")
    id, key = await make_key(app, ben.headers, "read", "chat")
    headers = bearing(key) if how == "key" else ben.headers
    body = {"message": "tell me a long story about the year"}

    async with (
        asyncio.timeout(30),
        connect(f"{app.url.replace('http', 'ws')}/ws/chat", additional_headers=headers) as socket,
        app.http.stream("POST", "/chat/stream", json=body, headers=headers) as stream,
        app.http.stream("POST", "/chat/stream", json=body, headers=ann.headers) as other,
    ):
        lines, other_lines = stream.aiter_lines(), other.aiter_lines()
        await anext(lines)
        await anext(other_lines)
        if how == "key":
            await app.http.delete(f"/api-keys/{id}", headers=ben.headers)
        elif how == "login":
            await app.http.post("/auth/logout", headers=ben.headers)
        else:
            await app.http.patch(f"/admin/users/{ben.id}", json={"enabled": False}, headers=ann.headers)
        rest = [line async for line in lines]
        assert '"done"' not in "".join(rest)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1008
        assert '"token"' in await anext(other_lines)
        assert (await app.http.get("/conversations", headers=headers)).status_code == 401
