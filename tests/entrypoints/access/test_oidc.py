"""Signing in with a provider of OpenID Connect that has real keys, and with ones that lie."""

import hmac
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError
from starlette.responses import JSONResponse, RedirectResponse, Response

from entrypoints.settings import Settings
from tests.support.app import Parley
from tests.support.oidc_server import CLIENT_ID, CLIENT_SECRET, OidcServer, ec_key, oidc_server, rsa_key
from tests.support.people import ADMIN, PASSWORD, guarded, join, make_key

BROWSER = {"accept": "text/html,*/*"}


@asynccontextmanager
async def signing_in(issuer: str, **settings: Any) -> AsyncIterator[Parley]:
    own: dict[str, Any] = {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "public_url": "http://parley.localhost",
    }
    async with guarded(**own | settings) as app:
        yield app


async def go(app: Parley, invitation: str | None = None) -> tuple[str, dict[str, str]]:
    """Begin: where the browser comes back to, with the provider's code; and the cookie that it has until then."""
    if invitation is None:
        begun = await app.http.get("/auth/oidc/login")
        assert begun.status_code == 303, begun.text
        address = begun.headers["location"]
    else:
        own = {"origin": app.url}
        begun = await app.http.post("/auth/oidc/login", json={"invitation": invitation}, headers=own)
        address = begun.json()["url"]
    cookie = begun.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    app.http.cookies.clear()
    sent_back = (await app.http.get(address)).headers["location"]
    parts = urlsplit(sent_back)
    assert (parts.netloc, parts.path) == ("parley.localhost", "/auth/oidc/callback")
    return f"{parts.path}?{parts.query}", {"cookie": cookie.partition(";")[0]}


async def come_back(app: Parley, where: str, cookie: dict[str, str], **headers: str) -> httpx2.Response:
    answered = await app.http.get(where, headers={**cookie, **headers})
    app.http.cookies.clear()
    return answered


async def sign_in(app: Parley, invitation: str | None = None, **headers: str) -> httpx2.Response:
    return await come_back(app, *await go(app, invitation), **headers)


def session_of(answered: httpx2.Response) -> dict[str, str]:
    cookies = answered.headers.get_list("set-cookie")
    return {"cookie": next(each.partition(";")[0] for each in cookies if each.startswith("parley_session="))}


async def me(app: Parley, answered: httpx2.Response) -> dict[str, Any]:
    assert (answered.status_code, answered.headers["location"]) == (303, "/"), answered.text
    headers = {"origin": app.url, **session_of(answered)}
    token = (await app.http.post("/auth/session/refresh", headers=headers)).json()["access_token"]
    app.http.cookies.clear()
    shown: dict[str, Any] = (await app.http.get("/me", headers={"authorization": f"Bearer {token}"})).json()
    return shown


@pytest.fixture
async def provider() -> AsyncIterator[OidcServer]:
    async with oidc_server() as running:
        yield running


async def test_one_goes_to_the_provider_and_comes_back_with_a_session(provider: OidcServer) -> None:
    async with signing_in(provider.issuer, oidc_label="The house") as app:
        assert (await app.http.get("/auth/methods")).json()["oidc"] == {"label": "The house"}
        first = await me(app, await sign_in(app))
        assert (first["user"]["username"], first["kind"], first["is_admin"]) == ("ann", "user", True)
        provider.person = {"sub": "other", "preferred_username": "ANN", "email": "a@x", "email_verified": True}
        second = await me(app, await sign_in(app))
        assert (second["user"]["username"], second["is_admin"]) == ("a@x", False)  # the name was taken
        provider.person = {"sub": "third"}
        assert (await me(app, await sign_in(app)))["user"]["username"] == "user-2"
        provider.person = {"sub": "other", "preferred_username": "renamed"}
        assert (await me(app, await sign_in(app)))["user"]["id"] == second["user"]["id"]
        asked = parse_qs(urlsplit((await app.http.get("/auth/oidc/login")).headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["response_type"] == ["code"]
        assert CLIENT_SECRET not in str(asked)
        audit = (await app.http.get("/admin/audit", headers=ADMIN)).json()
        assert {entry["action"] for entry in audit} == {"log in"}
        assert {entry["target"] for entry in audit} == {"/auth/oidc/callback"}


async def test_a_password_is_nobodys_who_has_none_and_the_account_can_be_deleted(provider: OidcServer) -> None:
    async with signing_in(provider.issuer) as app:
        signed_in = await sign_in(app)
        for password in ("", " ", "x" * 10):
            tried = await app.http.post("/auth/login", data={"username": "ann", "password": password})
            assert tried.status_code in (401, 422)
        headers = {"origin": app.url, **session_of(signed_in)}
        token = (await app.http.post("/auth/session/refresh", headers=headers)).json()["access_token"]
        ann = {"authorization": f"Bearer {token}"}
        exported = (await app.http.get("/me/export", headers=ann)).text
        assert '"record":"identities"' in exported
        assert provider.person["sub"] in exported
        change = {"current_password": "", "new_password": "four dogs in a boat"}
        assert (await app.http.post("/me/password", json=change, headers=ann)).status_code == 403
        gone = await app.http.request("DELETE", "/me", json={"confirm": "ann"}, headers=ann)
        assert gone.status_code == 204
        assert (await me(app, await sign_in(app)))["user"]["id"] != 1


async def test_keys_are_changed_by_the_provider_and_found_and_secrets_go_where_it_wants_them() -> None:
    async with oidc_server() as provider:
        provider.hints = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        async with signing_in(provider.issuer) as app:
            assert (await sign_in(app)).headers["location"] == "/"
            assert provider.forms[-1]["client_secret"] == CLIENT_SECRET
            id_tokens = app.container.identity_provider()._id_tokens
            id_tokens._keys._again_after = 0
            provider.key = ec_key()
            assert (await sign_in(app)).headers["location"] == "/"
            assert provider.asked.count("/keys") == 2
            id_tokens._keys._again_after = 1e9
            provider.key = rsa_key()
            assert (await sign_in(app)).status_code == 401  # not asked for again so soon
            assert provider.asked.count("/keys") == 2


def signed_with_the_public_key(provider: OidcServer) -> Callable[[dict[str, Any]], str]:
    """By hand: PyJWT would not do it."""
    kind, encoding = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.Encoding.PEM
    known = provider.key.private.public_key().public_bytes(encoding, kind)

    def sign(claims: dict[str, Any]) -> str:
        header = {"alg": "HS256", "typ": "JWT", "kid": provider.key.id}
        said = ".".join(jwt.utils.base64url_encode(json.dumps(part).encode()).decode() for part in (header, claims))
        mac = jwt.utils.base64url_encode(hmac.digest(known, said.encode(), "sha256"))
        return f"{said}.{mac.decode()}"

    return sign


def lies(provider: OidcServer) -> dict[str, tuple[dict[str, Any], Any]]:
    stranger = ec_key()
    other = rsa_key()
    other.private = rsa.generate_private_key(65537, 2048)
    own = {"kid": provider.key.id}
    return {
        "another nonce": ({"nonce": "another"}, None),
        "no nonce": ({"nonce": None}, None),
        "another audience": ({"aud": "another"}, None),
        "several audiences": ({"aud": [CLIENT_ID, "another"]}, None),
        "asked for by another": ({"azp": "another"}, None),
        "another issuer": ({"iss": "https://evil.example"}, None),
        "expired": ({"exp": 1}, None),
        "no expiry": ({"exp": None}, None),
        "of the future": ({"iat": 2**33, "nbf": 2**33}, None),
        "no subject": ({"sub": None}, None),
        "alg none": ({}, lambda claims: jwt.encode(claims, None, "none", headers=own)),
        "signed with the public key": ({}, signed_with_the_public_key(provider)),
        "signed with our secret": ({}, lambda claims: jwt.encode(claims, CLIENT_SECRET * 2, "HS256", headers=own)),
        "signed by a stranger": ({}, lambda c: jwt.encode(c, stranger.private, "ES256", headers={"kid": stranger.id})),
        "a stranger's key by this name": ({}, lambda c: jwt.encode(c, other.private, "RS256", headers=own)),
        "another algorithm": ({}, lambda c: jwt.encode(c, provider.key.private, "PS256", headers=own)),
        "no token": ({}, lambda claims: "a.b.c"),
        "words": ({}, lambda claims: "x" * 200_000),
    }


async def test_2_proofs_that_are_not_good_let_nobody_in(provider: OidcServer) -> None:
    async with signing_in(provider.issuer) as app:
        assert (await sign_in(app)).headers["location"] == "/"
        for what, (changed, sign) in lies(provider).items():
            provider.changed, provider.sign = changed, sign
            refused = await sign_in(app)
            assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated"), what
            assert not any(c.startswith("parley_session=rt_") for c in refused.headers.get_list("set-cookie")), what
        provider.changed, provider.sign = {}, None
        assert (await sign_in(app)).headers["location"] == "/"


async def test_a_sign_in_is_good_once_and_only_in_the_browser_that_began_it(provider: OidcServer) -> None:
    async with signing_in(provider.issuer) as app:
        where, cookie = await go(app)
        mallorys, _ = await go(app)
        for tried, kept in ((where, {}), (mallorys, cookie), (where, {"cookie": "parley_sign_in=guessed"})):
            assert (await come_back(app, tried, kept)).status_code == 401
        assert provider.asked.count("/token") == 0  # refused before anybody is asked
        code, state = (parse_qs(urlsplit(where).query)[name][0] for name in ("code", "state"))
        swapped = where.replace(code, parse_qs(urlsplit(mallorys).query)["code"][0])
        provider.takes_codes_again = True
        assert (await come_back(app, swapped, cookie)).status_code == 401  # another's verifier and nonce
        provider.takes_codes_again = False
        done = await come_back(app, where, cookie)
        assert done.headers["location"] == "/"
        forgotten = [each for each in done.headers.get_list("set-cookie") if each.startswith("parley_sign_in=")]
        assert "Max-Age=0" in forgotten[0]
        assert (await come_back(app, where, cookie)).status_code == 401  # the code was used
        for more in (
            f"?state={state}",
            f"?code=x&state={state}",
            "",
            "?code=x",
            f"?code=x&state={state}x",
            "?code=%00",
        ):
            assert (await come_back(app, f"/auth/oidc/callback{more}", cookie)).status_code == 401, more
        browser = await come_back(app, f"/auth/oidc/callback?error=access_denied&state={state}", cookie, **BROWSER)
        assert (browser.status_code, browser.headers["location"]) == (303, "/?login_error=access_denied")


async def test_who_may_register_is_the_operators_word_also_here(provider: OidcServer) -> None:
    far = {"x-forwarded-for": "203.0.113.9"}
    async with signing_in(provider.issuer, registration="closed", oidc_registration="invited") as app:
        refused = await sign_in(app, **far, **BROWSER)
        assert refused.headers["location"] == "/?login_error=forbidden"
        invited = (await app.http.post("/admin/invitations", headers=ADMIN)).json()["invitation"]
        body = {"username": "eve", "password": PASSWORD, "invitation": invited}
        assert (await app.http.post("/auth/register", json=body)).status_code == 403  # with a password nobody may
        setup = app.container.access().setup_code
        assert (await me(app, await sign_in(app, setup, **far)))["is_admin"] is True
        provider.person = {"sub": "2", "preferred_username": "ben"}
        for code_given in (None, "guessed", setup):
            assert (await sign_in(app, code_given, **far)).status_code == 403
        ann = await app.http.get("/admin/users", headers=ADMIN)
        assert [user["username"] for user in ann.json()] == ["ann"]
        await app.http.patch(f"/admin/users/{ann.json()[0]['id']}", json={"enabled": False}, headers=ADMIN)
        provider.person = {"sub": "248289761001"}
        assert (await sign_in(app)).json()["detail"] == "This user is disabled; ask an admin"
    async with signing_in(provider.issuer, registration="invited") as app:
        await join(app, "ann")
        invited = (await app.http.post("/admin/invitations", headers=ADMIN)).json()["invitation"]
        assert (await me(app, await sign_in(app, invited)))["user"]["username"] == "user-2"
        provider.person = {"sub": "3"}
        assert (await sign_in(app, invited)).status_code == 403


@pytest.mark.parametrize("links", [True, False])
async def test_users_are_linked_by_a_verified_address_only_where_the_operator_says_so(
    links: bool, provider: OidcServer
) -> None:
    async with signing_in(provider.issuer, oidc_link_by_email=links) as app:
        await join(app, "admin")
        ann = await join(app, "ann@x.example")
        _, key = await make_key(app, ann.headers, "read")
        provider.person = {"sub": "1", "email": "Ann@x.example"}
        assert (await me(app, await sign_in(app)))["user"]["id"] != ann.id  # nobody has verified it
        provider.person = {"sub": "2", "email": "Ann@x.example", "email_verified": "true"}
        assert (await me(app, await sign_in(app)))["user"]["id"] != ann.id
        provider.person = {"sub": "3", "email": "Ann@x.example", "email_verified": True}
        assert ((await me(app, await sign_in(app)))["user"]["id"] == ann.id) is links
        still = [
            (await app.http.get("/me", headers=ann.headers)).status_code,
            (await app.http.get("/me", headers={"x-api-key": key})).status_code,
            (await app.http.post("/auth/login", data={"username": ann.name, "password": PASSWORD})).status_code,
        ]
        assert still == ([401] * 3 if links else [200] * 3)  # whoever had the name before has nothing of it any more


async def test_a_provider_that_fails_is_said_to_and_nothing_else_stops(provider: OidcServer) -> None:
    html, secret = Response("<html>", media_type="text/html"), {"error": "invalid_client", "hint": CLIENT_SECRET}
    faults: list[tuple[str, Response, int, str]] = [
        ("/token", Response("", 503), 502, "provider_unavailable"),
        ("/token", html, 502, "provider_answer_invalid"),
        ("/token", JSONResponse([1]), 502, "provider_answer_invalid"),
        ("/token", JSONResponse({"id_token": 7}), 502, "provider_answer_invalid"),
        ("/token", JSONResponse(secret, 401), 502, "provider_credentials_refused"),
        ("/token", RedirectResponse("http://127.0.0.1:1/"), 502, "provider_answer_invalid"),
        ("/token", Response(b"x" * 2_000_000), 502, "provider_answer_invalid"),
        ("/keys", Response("", 500), 502, "provider_unavailable"),
        ("/keys", JSONResponse({"keys": 1}), 502, "provider_answer_invalid"),
        ("/keys", JSONResponse({"keys": [{"kty": "RSA", "kid": "x"}, 1]}), 401, "unauthenticated"),
    ]
    for path, fault, status, code in faults:
        async with signing_in(provider.issuer) as app:
            provider.statuses = {path: fault}
            refused = await sign_in(app)
            assert (refused.status_code, refused.json()["code"]) == (status, code), (path, fault)
            assert CLIENT_SECRET not in refused.text
            assert provider.issuer not in refused.text
    provider.statuses = {}
    for hints in ({"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/"}, {"jwks_uri": None}):
        provider.hints = hints
        async with signing_in(provider.issuer) as app:
            assert (await app.http.get("/auth/oidc/login")).json()["code"] == "provider_answer_invalid"


async def test_a_provider_that_is_away_or_silent_keeps_nobody_waiting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and never says a word
        async with signing_in(f"http://127.0.0.1:{silent.getsockname()[1]}", oidc_seconds=0.1) as app:
            assert (await app.http.get("/auth/oidc/login")).status_code == 504
    async with signing_in("http://127.0.0.1:1") as app:
        told = await app.http.get("/auth/oidc/login")
        assert (told.status_code, told.json()["code"]) == (502, "provider_unavailable")
        browser = await app.http.get("/auth/oidc/login", headers=BROWSER)
        assert browser.headers["location"] == "/?login_error=provider_unavailable"
        await join(app, "ann")  # by password as ever


async def test_without_a_provider_there_is_none_and_half_of_one_does_not_start() -> None:
    async with guarded() as app:
        for path in ("/auth/oidc/login", "/auth/oidc/callback?code=x&state=y"):
            assert (await app.http.get(path)).status_code == 403
    whole: dict[str, Any] = {
        "auth": "required",
        "oidc_issuer": "https://a.example",
        "oidc_client_id": "p",
        "public_url": "https://b.example",
    }
    assert Settings(**whole).oidc_issuer
    for less in ("oidc_issuer", "oidc_client_id", "public_url", "auth"):
        with pytest.raises(ValidationError, match="OIDC"):
            Settings(**{name: value for name, value in whole.items() if name != less})
    for wrong in ({"oidc_issuer": "http://a.example"}, {"public_url": "https://b.example/path"}, {"oidc_scopes": "x"}):
        with pytest.raises(ValidationError):
            Settings(**whole | wrong)
