"""Read a page of the public internet. Off unless named, as what it fetches is chosen by a model that others talk to."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from yarl import URL

from adapters.tools.fetching import CannotFetch, Fetched, fetch
from adapters.tools.function_tool import FunctionTool
from adapters.tools.options import ToolOptions
from adapters.tools.public_addresses import Network, PublicSockets
from application.ports.tools import ToolFailed
from domain.tool import ApprovalRule

OPTIONS = ToolOptions(approval=ApprovalRule.ALWAYS, is_idempotent=True, timeout_seconds=20)
PORTS = frozenset({80, 443})
MOST_BYTES, MOST_CHARACTERS, LONGEST_URL, SECONDS = 1_000_000, 20_000, 2000, 15.0
TEXT = re.compile(r"(?:text/[\w.+-]+|application/(?:[\w.+-]+\+)?(?:json|xml))", re.IGNORECASE)
CHARSETS = re.compile(
    r"utf-?(?:8|16|32)(?:le|be)?|us-ascii|(?:iso-8859|windows|cp|koi8|euc|big5|gb|shift|x-sjis)[\w-]*"
)
"""Some of Python's codecs take quadratic time, and some are no charsets at all."""
PageUrl = Annotated[str, "the whole address, http:// or https://"]


def http_get_tool(*, ports: frozenset[int] = PORTS, also: Sequence[Network] = ()) -> FunctionTool:
    """`also` are networks that may be read from besides the public internet."""

    async def http_get(url: PageUrl) -> dict[str, Any]:
        """Read a text page (HTML, JSON, XML or plain text) of the public internet. A redirect is not followed: it is
        told, and may be read by another call."""
        page, sockets = _checked(url, ports), PublicSockets(also)
        accept = "text/*, application/json, application/xml;q=0.9"
        try:
            fetched = await fetch(page, accept=accept, seconds=SECONDS, most_bytes=MOST_BYTES, socket_factory=sockets)
            return _told(page, fetched)
        except CannotFetch as error:
            if sockets.has_refused:
                raise ToolFailed(f"{page.host} is not on the public internet, and nothing else may be read") from error
            raise ToolFailed(f"{page.host} {error}") from error

    return FunctionTool.of(http_get, OPTIONS)


def _checked(text: str, ports: frozenset[int]) -> URL:
    if len(text) > LONGEST_URL or not text.isprintable():
        raise ToolFailed(f"That is no web address, or one of more than {LONGEST_URL} characters")
    try:
        url = URL(text)
        port = url.port
    except ValueError as error:
        raise ToolFailed("That is no web address") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ToolFailed("Only addresses that begin with http:// or https:// can be read")
    if url.user is not None or url.password is not None:
        raise ToolFailed("An address with a user name in it is not read")
    if port not in ports:
        raise ToolFailed(f"Port {port} may not be read from, only {' and '.join(str(p) for p in sorted(ports))}")
    return url


def _told(url: URL, fetched: Fetched) -> dict[str, Any]:
    told: dict[str, Any] = {"url": str(url), "status": fetched.status}
    if 300 <= fetched.status < 400 and (location := fetched.headers.get("Location")):
        return {**told, "redirects_to": _joined(url, location)}
    content_type = fetched.headers.get("Content-Type", "")
    kind = content_type.partition(";")[0].strip()
    if not fetched.body:
        return {**told, "text": ""}
    if not TEXT.fullmatch(kind):
        raise CannotFetch(f"answered {fetched.status} with {kind[:100] or 'something unnamed'}, which is not text")
    text = fetched.body.decode(_charset(content_type), errors="replace")
    is_cut = fetched.is_cut or len(text) > MOST_CHARACTERS
    return {**told, "content_type": kind, "text": text[:MOST_CHARACTERS], **({"is_cut": True} if is_cut else {})}


def _joined(url: URL, location: str) -> str:
    try:
        return str(url.join(URL(location[:LONGEST_URL])))
    except ValueError:
        return location[:LONGEST_URL]


def _charset(content_type: str) -> str:
    found = re.search(r"charset=[\"']?([\w-]{1,30})", content_type, re.IGNORECASE)
    name = found[1].lower() if found else "utf-8"
    try:
        return name if CHARSETS.fullmatch(name) and "".encode(name) is not None else "utf-8"
    except LookupError:
        return "utf-8"
