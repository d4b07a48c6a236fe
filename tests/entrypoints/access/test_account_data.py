"""What one has can be taken out whole, and deleted so that no word of it is left anywhere in the store."""

import asyncio
import json
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.memory.database import MemoryDatabase
from domain.access import OwnerId
from tests.support.app import Parley
from tests.support.knowledge import store
from tests.support.people import ADMIN, PASSWORD, Person, guarded, join
from tests.support.things import MARKER, things_of

SECRET = "a password that nobody has"


async def all_there_is(app: Parley) -> str:
    """Every column of every table as text, bytes too."""
    database = app.container.database()
    if isinstance(database, MemoryDatabase):
        kept = (database.tables, database.knowledge, database.access)
        return repr([{name: getattr(each, name) for name in each.__slots__} for each in kept])

    def look(connection: sa.Connection) -> str:
        names = sa.inspect(connection).get_table_names()
        rows = [list(connection.execute(sa.text(f'SELECT * FROM "{name}"'))) for name in names]
        return repr(rows)

    async with database.backend.read() as session:
        return await session.run(look, slow=True)


async def export(app: Parley, person: Person) -> list[dict[str, Any]]:
    response = await app.http.get("/me/export", headers=person.headers)
    assert response.headers["content-type"].startswith("application/jsonl")
    return [json.loads(line) for line in response.text.splitlines()]


@pytest.fixture
def settings(database_url: str) -> dict[str, object]:
    return {
        "database_url": database_url,
        "secret_key": "f3c1d27a9b8e4650f3c1d27a9b8e46507d2e",
        "tool_approvals": {"calculator": "always"},
    }


async def test_everything_can_be_taken_out_and_nothing_is_left_when_it_is_deleted(settings: dict[str, object]) -> None:
    async with guarded(**settings) as app, asyncio.timeout(60):
        ann, ben = await join(app, f"ann {MARKER}"), await join(app, "ben")
        await things_of(app, ann)
        await store(app.container.database(), f"{MARKER}.md", f"about {MARKER}", owner=OwnerId(ann.owner))
        asked = await app.http.post("/chat", json={"message": "mine stays"}, headers=ben.headers)
        assert MARKER in await all_there_is(app)

        records = await export(app, ann)
        kinds = {record["record"] for record in records}
        assert kinds >= {
            "conversations", "messages", "runs", "run_events", "approvals", "idempotency_keys", "usage", "users",
            "logins", "api_keys", "documents", "audit_log", "end",
        }  # fmt: skip
        assert records[-1] == {"record": "end"}
        text = json.dumps(records)
        assert "argon2" not in text
        assert "hash" not in "".join(name for record in records for name in record)
        assert "mine stays" not in text

        for body in (
            {"confirm": "ann", "password": PASSWORD},
            {"confirm": f"ann {MARKER}", "password": "wrong"},
            {"confirm": f"ann {MARKER}"},
        ):
            refused = await app.http.request("DELETE", "/me", json=body, headers=ann.headers)
            assert refused.status_code in (403, 422)
        confirmed = {"confirm": f"ann {MARKER}", "password": PASSWORD}
        deleted = await app.http.request("DELETE", "/me", json=confirmed, headers=ann.headers)
        assert deleted.status_code == 204

        assert MARKER not in await all_there_is(app)
        assert (await app.http.get("/me", headers=ann.headers)).status_code == 401
        entries = (await app.http.get("/admin/audit", params={"owner": ann.owner}, headers=ADMIN)).json()
        assert entries[0]["action"] == "delete an account"
        assert {entry["address"] for entry in entries[1:]} == {""}
        mine = await app.http.get(f"/conversations/{asked.json()['conversation_id']}/messages", headers=ben.headers)
        assert mine.json()["messages"][0]["content"] == "mine stays"
        again = await join(app, f"ann {MARKER}")
        assert again.id not in (ann.id, ben.id)
        assert {record["record"] for record in await export(app, again)} <= {"users", "logins", "audit_log", "end"}


async def test_the_local_owner_and_a_user_deleted_by_an_admin_go_the_same_way() -> None:
    async with guarded() as app, asyncio.timeout(60):
        ann = await join(app, "ann")
        for headers in (ann.headers, ADMIN):
            await app.http.post("/chat", json={"message": MARKER}, headers=headers)
        gone = await app.http.delete(f"/admin/users/{ann.id}", headers=ADMIN)
        assert gone.status_code == 204
        assert (await app.http.delete(f"/admin/users/{ann.id}", headers=ADMIN)).status_code == 404
        assert MARKER in await all_there_is(app)
        for confirm, status in (("everything", 422), ("local", 204)):
            answered = await app.http.request("DELETE", "/me", json={"confirm": confirm}, headers=ADMIN)
            assert answered.status_code == status
        assert MARKER not in await all_there_is(app)


async def test_the_audit_log_says_who_did_what_and_nothing_that_anybody_wrote() -> None:
    async with guarded(trusted_proxies=1) as app:
        through = {"x-forwarded-for": "6.6.6.6, 203.0.113.7"}
        await app.http.post("/auth/login", data={"username": MARKER, "password": SECRET}, headers=through)
        ann = await join(app, "ann")
        asked = await app.http.post("/conversations", json={"title": MARKER}, headers=ann.headers)
        await app.http.delete(f"/conversations/{asked.json()['id']}", headers=ann.headers)
        await app.http.delete(f"/conversations/{MARKER}", headers=ann.headers)
        body = {"name": MARKER, "scopes": ["read"]}
        key = (await app.http.post("/api-keys", json=body, headers=ann.headers)).json()
        await app.http.delete(f"/api-keys/{key['id']}", headers=ann.headers)

        entries = (await app.http.get("/admin/audit", headers=ADMIN)).json()[::-1]
        assert [(each["who"], each["action"], each["target"], each["outcome"]) for each in entries] == [
            ("nobody", "log in", "/auth/login", "refused (401)"),
            (ann.owner, "register", "/auth/register", "ok"),
            (ann.owner, "log in", "/auth/login", "ok"),
            (ann.owner, "delete a conversation", f"/conversations/{asked.json()['id']}", "ok"),
            (ann.owner, "create a key", f"/api-keys/{key['id']}", "ok"),
            (ann.owner, "revoke a key", f"/api-keys/{key['id']}", "ok"),
        ]
        assert [each["address"] for each in entries[:2]] == ["203.0.113.7", "127.0.0.1"]
        text = json.dumps(entries)
        assert not any(word in text for word in (MARKER, SECRET, PASSWORD, key["key"]))
        page = (await app.http.get("/admin/audit", params={"action": "log in", "limit": 1}, headers=ADMIN)).json()
        assert [each["who"] for each in page] == [ann.owner]
