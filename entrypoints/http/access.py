"""Who is asking, from what the connection and its headers say."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from starlette.types import Scope

from application.access.authenticate import Authenticate
from domain.access import LOCAL_OWNER, Principal
from domain.errors import Forbidden, Unauthenticated

LOCAL = Principal(LOCAL_OWNER, is_admin=True)
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"})
IN_QUERY = ("key=", "token=", "authorization=")
SOCKET_PROTOCOL = "parley"
SOCKET_TOKEN = "bearer."  # noqa: S105  # what goes before a token
LONGEST = 4_000


class Gate(Protocol):
    """Says who is asking. `logs_in` is whether there are logins and keys at all."""

    logs_in: bool

    def known(self, scope: Scope) -> Principal | None:
        """The principal, if no database need be asked. Raise Unauthenticated or Forbidden."""

    async def ask(self, scope: Scope) -> Principal:
        """The principal, of one whom `known` does not know. Raise Unauthenticated, Forbidden or StorageUnavailable."""


class LocalGate(Gate):
    """No login: everything belongs to the local owner, and only this machine may ask.

    The peer, the Host and the Origin must all be loopback and no proxy may have forwarded the request; so neither the
    network nor a page of another site, even by DNS rebinding, gets in.
    """

    logs_in = False

    def __init__(self, allowed_hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        self._names = LOOPBACK_NAMES | set(allowed_hosts)
        self._origins = {origin.encode() for origin in origins}

    def known(self, scope: Scope) -> Principal:
        headers = dict(scope["headers"])
        if not is_from_here(scope):
            raise Forbidden("Without a login this server answers only its own machine; set PARLEY_AUTH=required")
        if not FORWARDED.isdisjoint(headers):
            raise Forbidden("A proxy forwarded this request; behind a proxy set PARLEY_AUTH=required")
        if _host(b"//" + headers.get(b"host", b"")) not in self._names:
            raise Forbidden("The Host header must name this machine, for example localhost; see PARLEY_ALLOWED_HOSTS")
        origin = headers.get(b"origin")
        if origin is not None and _host(origin) not in self._names and origin not in self._origins:
            raise Forbidden("Pages of other origins may not use this server")
        return LOCAL

    async def ask(self, scope: Scope) -> Principal:
        return self.known(scope)


class CredentialGate(Gate):
    """Everybody shows a credential, and what it may do is the same whichever header carries it."""

    logs_in = True

    def __init__(self, authenticate: Authenticate, origins: Iterable[str] = ()) -> None:
        self._authenticate = authenticate
        self._origins = {origin.encode() for origin in origins}

    def known(self, scope: Scope) -> Principal | None:
        if scope["type"] == "websocket":
            self._check_origin(scope)
        return self._authenticate.known(credential_of(scope))

    async def ask(self, scope: Scope) -> Principal:
        return await self._authenticate(credential_of(scope))

    def _check_origin(self, scope: Scope) -> None:
        """Browsers let any page open a socket: only pages of this server and those allowed may."""
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin is None or origin in self._origins:
            return
        if origin.partition(b"://")[2] != headers.get(b"host"):
            raise Forbidden("Pages of other origins may not use this server; see PARLEY_CORS_ORIGINS")


def credential_of(scope: Scope) -> str:
    """The one credential of a request: a bearer token, a key, or a socket's subprotocol. Raise Unauthenticated."""
    query = scope["query_string"]
    if query and any(name in query.decode("latin-1").lower() for name in IN_QUERY) and _names_credential(query):
        raise Unauthenticated("A credential in an address ends up in logs: send it as a header, and make a new one")
    given: list[bytes] = []
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, token = value.partition(b" ")
            given.append(token.strip() if kind.lower() == b"bearer" else b"")
        elif name == b"x-api-key":
            given.append(value)
    if scope["type"] == "websocket":
        given += [p[len(SOCKET_TOKEN) :].encode() for p in scope["subprotocols"] if p.startswith(SOCKET_TOKEN)]
    if len(given) != 1:
        raise Unauthenticated("Send one credential: `Authorization: Bearer KEY` or `x-api-key: KEY`")
    if not 0 < len(given[0]) <= LONGEST or not given[0].isascii():
        raise Unauthenticated("That credential is not valid here, or not any more")
    return given[0].decode("ascii")


def is_from_here(scope: Scope) -> bool:
    """Whether the peer is this machine itself, as far as the connection says."""
    client = scope.get("client")
    try:
        return not client or ip_address(client[0]).is_loopback
    except ValueError:
        return False


def is_plainly_local(scope: Scope) -> bool:
    """Whether the peer is this machine itself and speaks for nobody else."""
    return is_from_here(scope) and FORWARDED.isdisjoint(name for name, _ in scope["headers"])


def address_of(scope: Scope, trusted_proxies: int = 0) -> str:
    """The address that limits and records go by: the peer's, or with proxies in front what the outermost of them saw.

    Each proxy adds its own peer at the right of X-Forwarded-For; what is further left is a stranger's word.
    """
    client = scope.get("client")
    peer = str(client[0]) if client else "local"
    if not trusted_proxies:
        return peer
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = [hop.strip() for hop in b",".join(lines).decode("latin-1").split(",") if hop.strip()]
    return hops[-trusted_proxies][:45] if len(hops) >= trusted_proxies else peer


def _names_credential(query: bytes) -> bool:
    names = {part.partition(b"=")[0].lower().replace(b"-", b"_") for part in query.split(b"&")}
    return not names.isdisjoint(
        {b"key", b"api_key", b"apikey", b"x_api_key", b"token", b"access_token", b"authorization"}
    )


def _host(url: bytes) -> str | None:
    try:
        return urlsplit(url.decode("latin-1")).hostname
    except ValueError:
        return None
