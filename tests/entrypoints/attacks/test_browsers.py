"""Attacks by way of a browser: other origins, frames, guessed methods. The numbers are those of the checklist."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from entrypoints.http.route_table import NEEDS
from tests.support.app import parley
from tests.support.people import ADMIN, guarded, join

EVIL = {"origin": "https://evil.example"}
PAGE = "https://chat.example"


@pytest.mark.parametrize("auth", ["local", "required"])
async def test_34_a_page_of_another_site_does_nothing_with_what_the_browser_has(auth: str) -> None:
    async with guarded(auth=auth) as app:
        for headers in (EVIL, {"origin": "null"}):
            for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json"):
                sent = {**headers, "content-type": kind, "cookie": "session=1"}
                answered = await app.http.post("/conversations", content=b'{"title": "forged"}', headers=sent)
                assert answered.status_code in (401, 403)
                assert "access-control-allow-origin" not in answered.headers
        assert (await app.http.get("/conversations", headers=ADMIN)).json() == []


@pytest.mark.parametrize(
    "path", [route.split()[1] for routes in NEEDS.values() for route in routes if route[:2] == "WS"]
)
async def test_34_sockets_open_to_pages_of_this_server_and_of_allowed_origins_alone(path: str) -> None:
    async with guarded(cors_origins=(PAGE,)) as app:
        ann = await join(app, "ann")
        url = app.url.replace("http", "ws") + path
        for origin in ("https://evil.example", "null", f"{app.url}.evil.example", "http://localhost"):
            with pytest.raises(InvalidStatus) as refused:
                await connect(url, additional_headers=ann.headers, origin=origin)  # type: ignore[arg-type]
            assert refused.value.response.status_code == 403
        allowed: tuple[str | None, ...] = (app.url, PAGE, None)
        for own in allowed:
            async with connect(url, additional_headers=ann.headers, origin=own) as socket:  # type: ignore[arg-type]
                assert socket.response


async def test_35_a_name_that_leads_here_from_elsewhere_is_no_name_of_this_machine() -> None:
    async with parley() as app:
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "[::1", ""):
            assert (await app.http.get("/conversations", headers={"host": host})).status_code in (400, 403), host
            assert (await app.http.get("/", headers={"host": host})).status_code in (400, 403), host


async def test_36_origins_are_allowed_by_name_and_never_with_credentials() -> None:
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    async with guarded() as app:
        preflight = await app.http.options("/chat", headers={"origin": PAGE, **asks})
        assert preflight.status_code == 401
        assert "access-control-allow-origin" not in preflight.headers
    async with guarded(cors_origins=(PAGE,)) as app:
        preflight = await app.http.options("/chat", headers={"origin": PAGE, **asks})
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, PAGE)
        answered = await app.http.get("/me", headers={"origin": PAGE, **ADMIN})
        assert answered.headers["access-control-allow-origin"] == PAGE
        assert "X-Request-Id" in answered.headers["access-control-expose-headers"]
        refused = await app.http.get("/me", headers={"origin": PAGE})
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, PAGE)
        for headers in (EVIL, {"origin": "null"}, {"origin": f"{PAGE}.evil.example"}):
            assert (await app.http.options("/chat", headers={**headers, **asks})).status_code == 400
            other = await app.http.get("/me", headers={**headers, **ADMIN})
            assert "access-control-allow-origin" not in other.headers
        assert "access-control-allow-credentials" not in answered.headers
    async with parley(cors_origins=(PAGE,)) as app:
        assert (await app.http.get("/me", headers={"origin": PAGE})).status_code == 200
        assert (await app.http.get("/me", headers=EVIL)).status_code == 403


async def test_37_no_other_method_gets_around_the_login() -> None:
    async with guarded() as app:
        override = {"x-http-method-override": "GET", "x-method-override": "GET"}
        for method in ("TRACE", "HEAD", "OPTIONS", "CONNECT", "PROPFIND", "DELETE", "GET"):
            for path in (
                "/conversations",
                "/admin/users",
                "/CONVERSATIONS",
                "/conversations;x",
                "/health/live/../../me",
            ):
                answered = await app.http.request(method, path, headers=override)
                assert answered.status_code == 401, (method, path)
        assert (await app.http.request("TRACE", "/conversations", headers=ADMIN)).status_code == 405


async def test_26_and_41_browsers_are_told_to_load_nothing_and_to_guess_nothing() -> None:
    async with guarded() as app:
        for path, status in (("/health/live", 200), ("/me", 401), ("/nothing", 401), ("/docs", 200), ("/", 200)):
            answered = await app.http.get(path)
            assert answered.status_code == status
            assert answered.headers["x-content-type-options"] == "nosniff"
            assert answered.headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in answered.headers["content-security-policy"]
            if path != "/docs":
                assert "default-src 'none'" in answered.headers["content-security-policy"]
        page = await app.http.get("/", headers={"accept": "text/html"})
        assert page.headers["content-security-policy"].count("frame-ancestors") == 1
        assert (await app.http.get("/metrics")).status_code in (401, 404)
        assert (await app.http.get("/v0/admin")).status_code == 401
