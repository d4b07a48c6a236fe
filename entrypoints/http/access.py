"""Who is asking, from what the connection and its headers say."""

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import Scope

from domain.access import LOCAL_OWNER, Principal
from domain.errors import Forbidden, Unauthenticated

LOCAL = Principal(LOCAL_OWNER)
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"})


def local_only(allowed_hosts: tuple[str, ...] = ()) -> Callable[[Scope], Principal]:
    """No login: everything belongs to the local owner, and only this machine may ask.

    The peer, the Host and the Origin must all be loopback and no proxy may have forwarded the request; so neither the
    network nor a page of another site, even by DNS rebinding, gets in.
    """
    names = LOOPBACK_NAMES | set(allowed_hosts)

    def authenticate(scope: Scope) -> Principal:
        headers = dict(scope["headers"])
        client = scope.get("client")
        if client and not _is_loopback(client[0]):
            raise Forbidden("Without a login this server answers only its own machine; set PARLEY_AUTH=required")
        if not FORWARDED.isdisjoint(headers):
            raise Forbidden("A proxy forwarded this request; behind a proxy set PARLEY_AUTH=required")
        if _host(b"//" + headers.get(b"host", b"")) not in names:
            raise Forbidden("The Host header must name this machine, for example localhost; see PARLEY_ALLOWED_HOSTS")
        if b"origin" in headers and _host(headers[b"origin"]) not in names:
            raise Forbidden("Pages of other origins may not use this server")
        return LOCAL

    return authenticate


def api_key(key: str) -> Callable[[Scope], Principal]:
    """The one configured key, as `Authorization: Bearer` or `x-api-key`, compared in constant time."""
    expected = key.encode()

    def authenticate(scope: Scope) -> Principal:
        given = [value for name, value in scope["headers"] if name in (b"authorization", b"x-api-key")]
        if len(given) != 1:
            raise Unauthenticated("Send one credential: `Authorization: Bearer KEY` or `x-api-key: KEY`")
        value: bytes = given[0]
        token = value[7:] if value[:7].lower() == b"bearer " else value
        if not hmac.compare_digest(token, expected):
            raise Unauthenticated("That key is not valid here")
        return LOCAL

    return authenticate


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _host(url: bytes) -> str | None:
    try:
        return urlsplit(url.decode("latin-1")).hostname
    except ValueError:
        return None
