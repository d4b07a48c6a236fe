"""Users: who may register, what a login is good for and until when, and what admins may do."""

from collections.abc import AsyncIterator

import pytest

from tests.support.app import Parley
from tests.support.people import ADMIN, PASSWORD, guarded, join, log_in


@pytest.fixture
async def app() -> AsyncIterator[Parley]:
    async with guarded() as running:
        yield running


async def test_the_first_user_is_an_admin_and_the_second_is_not(app: Parley) -> None:
    ann, ben = await join(app, " Ann "), await join(app, "ben")

    me = (await app.http.get("/me", headers=ann.headers)).json()
    assert (me["owner"], me["kind"], me["is_admin"], me["user"]["username"]) == (ann.owner, "user", True, "ann")
    assert (await app.http.get("/me", headers=ben.headers)).json()["is_admin"] is False
    assert (await app.http.get("/admin/users", headers=ben.headers)).status_code == 403
    users = (await app.http.get("/admin/users", headers=ann.headers, params={"limit": 1})).json()
    assert [user["username"] for user in users] == ["ann"]
    taken = await app.http.post("/auth/register", json={"username": "ANN", "password": PASSWORD})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")


async def test_each_sees_only_what_is_their_own(app: Parley) -> None:
    ann, ben = await join(app, "ann"), await join(app, "ben")
    asked = await app.http.post("/chat", json={"message": "mine"}, headers=ann.headers)
    id = asked.json()["conversation_id"]

    assert [c["id"] for c in (await app.http.get("/conversations", headers=ann.headers)).json()] == [id]
    assert (await app.http.get("/conversations", headers=ben.headers)).json() == []
    assert (await app.http.get("/conversations", headers=ADMIN)).json() == []
    assert (await app.http.get(f"/conversations/{id}/messages", headers=ben.headers)).status_code == 404


@pytest.mark.parametrize(("registration", "code"), [("closed", 403), ("invited", 403)])
async def test_after_the_first_nobody_registers_uninvited(registration: str, code: int) -> None:
    async with guarded(registration=registration) as app:
        forwarded = {"x-forwarded-for": "203.0.113.9"}
        body = {"username": "eve", "password": PASSWORD}
        assert (await app.http.post("/auth/register", json=body, headers=forwarded)).status_code == code
        await join(app, "ann")
        refused = await app.http.post("/auth/register", json=body)
        assert (refused.status_code, refused.json()["code"]) == (code, "forbidden")


async def test_an_invitation_lets_one_person_in_and_may_make_an_admin() -> None:
    async with guarded(registration="invited") as app:
        invited = (await app.http.post("/admin/invitations", json={"is_admin": True}, headers=ADMIN)).json()
        body = {"username": "ann", "password": PASSWORD, "invitation": invited["invitation"]}
        assert (await app.http.post("/auth/register", json={**body, "invitation": "guessed"})).status_code == 403
        assert (await app.http.post("/auth/register", json=body)).json()["is_admin"] is True
        assert (await app.http.post("/auth/register", json={**body, "username": "ben"})).status_code == 403
        listed = (await app.http.get("/admin/invitations", headers=ADMIN)).json()
        assert [(each["id"], each["used_by"]) for each in listed] == [(invited["id"], 1)] or listed[0]["used_by"]
        assert invited["invitation"] not in str(listed)
        taken_back = (await app.http.post("/admin/invitations", headers=ADMIN)).json()
        gone = await app.http.delete(f"/admin/invitations/{taken_back['id']}", headers=ADMIN)
        assert gone.status_code == 204
        late = {"username": "ben", "password": PASSWORD, "invitation": taken_back["invitation"]}
        assert (await app.http.post("/auth/register", json=late)).status_code == 403


async def test_a_refresh_token_is_good_once_and_twice_ends_the_login(app: Parley) -> None:
    ann = await join(app, "ann")
    other = await log_in(app, ann.id, "ann")
    first = await app.http.post("/auth/refresh", json={"refresh_token": ann.refresh_token})
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    fresh = {"authorization": f"Bearer {first.json()['access_token']}"}
    assert (await app.http.get("/me", headers=fresh)).status_code == 200

    again = await app.http.post("/auth/refresh", json={"refresh_token": ann.refresh_token})
    assert (again.status_code, again.json()["code"]) == (401, "unauthenticated")
    newest = await app.http.post("/auth/refresh", json={"refresh_token": first.json()["refresh_token"]})
    assert newest.status_code == 401
    for headers in (ann.headers, fresh):
        assert (await app.http.get("/me", headers=headers)).status_code == 401
    assert (await app.http.get("/me", headers=other.headers)).status_code == 200
    reuse = (await app.http.get("/admin/audit", headers=ADMIN)).json()[0]
    assert (reuse["action"], reuse["who"], reuse["outcome"]) == (
        "use a refresh token twice",
        ann.owner,
        "refused (401)",
    )


async def test_logging_out_ends_both_tokens_of_this_login_alone(app: Parley) -> None:
    ann = await join(app, "ann")
    other = await log_in(app, ann.id, "ann")
    assert (await app.http.get("/me", headers=ann.headers)).status_code == 200  # known from here on

    assert (await app.http.post("/auth/logout", headers=ann.headers)).status_code == 204

    assert (await app.http.get("/me", headers=ann.headers)).status_code == 401
    assert (await app.http.post("/auth/refresh", json={"refresh_token": ann.refresh_token})).status_code == 401
    assert (await app.http.get("/me", headers=other.headers)).status_code == 200


async def test_a_new_password_ends_the_other_logins(app: Parley) -> None:
    ann = await join(app, "ann")
    other = await log_in(app, ann.id, "ann")
    body = {"current_password": PASSWORD, "new_password": "four dogs in a boat"}
    wrong = await app.http.post("/me/password", json={**body, "current_password": "no"}, headers=ann.headers)
    easy = await app.http.post("/me/password", json={**body, "new_password": "aaaaaaaaaaaa"}, headers=ann.headers)
    assert (wrong.status_code, easy.status_code) == (403, 422)
    assert "aaaa" not in easy.text

    assert (await app.http.post("/me/password", json=body, headers=ann.headers)).status_code == 204

    assert (await app.http.get("/me", headers=ann.headers)).status_code == 200
    assert (await app.http.get("/me", headers=other.headers)).status_code == 401
    old = await app.http.post("/auth/login", data={"username": "ann", "password": PASSWORD})
    new = await app.http.post("/auth/login", data={"username": "ann", "password": "four dogs in a boat"})
    assert (old.status_code, new.status_code) == (401, 200)


async def test_admins_disable_enable_promote_and_give_passwords_but_not_to_themselves(app: Parley) -> None:
    ann, ben = await join(app, "ann"), await join(app, "ben")
    where = f"/admin/users/{ben.id}"
    assert (await app.http.get("/me", headers=ben.headers)).status_code == 200
    changed = await app.http.patch(where, json={"enabled": False}, headers=ann.headers)
    assert (changed.status_code, changed.json()["enabled"]) == (200, False)
    assert (await app.http.get("/me", headers=ben.headers)).status_code == 401
    login = {"username": "ben", "password": PASSWORD}
    assert (await app.http.post("/auth/login", data=login)).status_code == 401
    assert (await app.http.post("/auth/refresh", json={"refresh_token": ben.refresh_token})).status_code == 401

    given = {"enabled": True, "is_admin": True, "password": "seven geese abroad"}
    assert (await app.http.patch(where, json=given, headers=ann.headers)).json()["is_admin"] is True
    assert (await app.http.post("/auth/login", data=login)).status_code == 401
    assert (await app.http.post("/auth/login", data={**login, "password": given["password"]})).status_code == 200
    for method, what in (("PATCH", {"json": {"enabled": False}}), ("DELETE", {})):
        own = await app.http.request(method, f"/admin/users/{ann.id}", headers=ann.headers, **what)  # type: ignore[arg-type]
        assert own.status_code == 422
    assert (await app.http.patch("/admin/users/999", json={}, headers=ann.headers)).status_code == 404


async def test_in_local_mode_nobody_logs_in_and_the_local_owner_is_the_admin() -> None:
    async with guarded(auth="local") as app:
        refused = await app.http.post("/auth/login", data={"username": "ann", "password": PASSWORD})
        assert refused.status_code == 403
        me = (await app.http.get("/me", headers={"authorization": "Bearer sk-whatever"})).json()
        assert (me["owner"], me["kind"], me["is_admin"], me["user"]) == ("local", "local", True, None)
        assert (await app.http.get("/admin/users")).json() == []


async def test_the_documentation_has_an_authorize_button_and_can_be_switched_off() -> None:
    async with guarded() as app:
        document = (await app.http.get("/openapi.json")).json()
        flow = document["components"]["securitySchemes"]["login"]["flows"]["password"]
        assert flow["tokenUrl"] == "/auth/login"
        assert {"login": []} in document["security"]
        assert document["paths"]["/auth/login"]["post"]["security"] == []
        assert "security" not in document["paths"]["/chat"]["post"]
    async with guarded(docs=False) as app:
        for path in ("/docs", "/openapi.json", "/redoc"):
            assert (await app.http.get(path)).status_code == 404
