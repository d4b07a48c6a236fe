"""Sessions of pages: a cookie that no script reads, no other site uses, and that no other route looks at."""

from datetime import timedelta

import httpx2
import pytest

from tests.support.app import Parley
from tests.support.people import ADMIN, PASSWORD, guarded, join

SIGN_IN = {"username": "ann", "password": PASSWORD}


def page(app: Parley) -> dict[str, str]:
    return {"origin": app.url}


def jar(response: httpx2.Response) -> dict[str, str]:
    """The cookie as a browser would send it back; the client's own jar is emptied, so that tests say what they send."""
    name, _, value = response.headers["set-cookie"].partition(";")[0].partition("=")
    return {"cookie": f"{name}={value}"}


async def sign_in(app: Parley) -> httpx2.Response:
    signed_in = await app.http.post("/auth/session", json=SIGN_IN, headers=page(app))
    assert signed_in.status_code == 200, signed_in.text
    app.http.cookies.clear()
    return signed_in


async def refresh(app: Parley, cookie: dict[str, str], **headers: str) -> httpx2.Response:
    answered = await app.http.post("/auth/session/refresh", headers={**page(app), **cookie, **headers})
    app.http.cookies.clear()
    return answered


async def status_of(app: Parley, token: str) -> int:
    return (await app.http.get("/me", headers={"authorization": f"Bearer {token}"})).status_code


async def test_a_page_signs_in_is_there_after_a_reload_and_signs_out() -> None:
    async with guarded() as app:
        await join(app, "ann")
        told = (await app.http.get("/auth/methods")).json()
        assert told == {"login": True, "setup": False, "registration": "open", "oidc": None}

        signed_in = await sign_in(app)
        assert set(signed_in.json()) == {"access_token", "token_type", "expires_in"}
        assert signed_in.headers["cache-control"] == "no-store"
        attributes = signed_in.headers["set-cookie"].lower()
        assert attributes.startswith("parley_session=rt_")
        for word in ("httponly", "samesite=strict", "path=/auth/session", "max-age=259"):
            assert word in attributes, word
        assert "secure" not in attributes

        refreshed = await refresh(app, jar(signed_in))
        assert refreshed.status_code == 200
        assert jar(refreshed) != jar(signed_in)
        token = refreshed.json()["access_token"]
        assert await status_of(app, token) == 200

        out = await app.http.request("DELETE", "/auth/session", headers={**page(app), **jar(refreshed)})
        assert (out.status_code, "max-age=0" in out.headers["set-cookie"].lower()) == (204, True)
        assert await status_of(app, token) == 401
        assert (await refresh(app, jar(refreshed))).status_code == 401
        again = await app.http.request("DELETE", "/auth/session", headers=page(app))
        assert again.status_code == 204
        done = [entry["action"] for entry in (await app.http.get("/admin/audit", headers=ADMIN)).json()]
        assert done[:2] == ["log out", "log in"]


async def test_on_https_the_cookie_is_for_https_and_this_host_alone() -> None:
    async with guarded(public_url="https://chat.example") as app:
        await join(app, "ann")
        headers = {"origin": "https://chat.example"}
        signed_in = await app.http.post("/auth/session", json=SIGN_IN, headers=headers)
        attributes = signed_in.headers["set-cookie"].lower()
        assert attributes.startswith("__host-parley_session=")
        assert "; secure" in attributes
        assert "path=/;" in attributes
        refreshed = await app.http.post("/auth/session/refresh", headers={**headers, **jar(signed_in)})
        assert refreshed.status_code == 200
        plain = {"cookie": jar(refreshed)["cookie"].removeprefix("__Host-")}
        assert (await app.http.post("/auth/session/refresh", headers={**headers, **plain})).status_code == 401


async def test_two_tabs_get_the_same_and_later_the_same_cookie_ends_the_login() -> None:
    async with guarded() as app:
        await join(app, "ann")
        first = jar(await sign_in(app))
        one, other = await refresh(app, first), await refresh(app, first)
        assert (one.status_code, other.status_code, jar(one)) == (200, 200, jar(other))
        third = await refresh(app, jar(one))
        assert third.status_code == 200
        assert (await refresh(app, first)).status_code == 401  # two steps behind: it is in two hands
        assert (await refresh(app, jar(third))).status_code == 401
        assert await status_of(app, third.json()["access_token"]) == 401


async def test_after_its_minute_a_used_cookie_ends_the_login() -> None:
    async with guarded() as app:
        ann = await join(app, "ann")
        access, tokens = app.container.access(), app.container.access().refresh.tokens
        pair = await access.refresh(ann.refresh_token)
        login_id = pair.refresh_token.removeprefix("rt_").partition(".")[0]
        async with app.container.begin()() as tx:
            login = await tx.logins.get(login_id)
            assert login is not None
            assert login.rotated_at is not None
            long_ago = login.rotated_at - timedelta(seconds=61)
            await tx.logins.rotate(login.id, refresh_hash=login.refresh_hash, at=long_ago)
            await tx.commit()
        assert tokens.access_seconds > 61
        assert (await refresh(app, {"cookie": f"parley_session={ann.refresh_token}"})).status_code == 401
        assert await status_of(app, pair.access_token) == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://[", "http://localhost", None])
async def test_no_other_sites_page_uses_the_cookie(origin: str | None) -> None:
    async with guarded(cors_origins=("https://other.example",)) as app:
        await join(app, "ann")
        cookie = jar(await sign_in(app))
        headers = cookie if origin is None else {**cookie, "origin": origin}
        for method, path, body in (
            ("POST", "/auth/session/refresh", None),
            ("DELETE", "/auth/session", None),
            ("POST", "/auth/session", SIGN_IN),
        ):
            answered = await app.http.request(method, path, json=body, headers=headers)
            assert (answered.status_code, "set-cookie" in answered.headers) == (403, False), (method, path)
        allowed = {**cookie, "origin": "https://other.example"}
        assert (await app.http.post("/auth/session/refresh", headers=allowed)).status_code == 403
        assert (await refresh(app, cookie)).status_code == 200  # nothing has happened to it


async def test_4_no_other_route_looks_at_the_cookie() -> None:
    async with guarded() as app:
        await join(app, "ann")
        cookie = jar(await sign_in(app))
        for method, path in (("GET", "/me"), ("GET", "/conversations"), ("POST", "/auth/logout"), ("POST", "/chat")):
            answered = await app.http.request(method, path, json={}, headers={**page(app), **cookie})
            assert answered.status_code == 401, path


async def test_where_nobody_logs_in_there_is_no_session() -> None:
    async with guarded(auth="local") as app:
        told = (await app.http.get("/auth/methods")).json()
        assert (told["login"], told["setup"]) == (False, False)
        assert (await app.http.post("/auth/session", json=SIGN_IN, headers=page(app))).status_code == 403
