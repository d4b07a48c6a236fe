"""One GET over HTTP that says little of us and is bounded in every way."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import (
    ClientConnectorDNSError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    SocketFactoryType,
    TCPConnector,
)
from yarl import URL

HEADERS = {"User-Agent": "Parley", "Accept-Encoding": "identity"}


class CannotFetch(Exception):
    """The message says why, and goes after the name of what was wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """`body` is as it came, `is_cut` when there was more than was wanted."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool


async def fetch(
    url: URL, *, accept: str, seconds: float, most_bytes: int, socket_factory: SocketFactoryType | None = None
) -> Fetched:
    """No cookies, credentials or proxies from anywhere, and no redirect is followed; nothing is kept between calls.

    `socket_factory` is asked for a socket to each address before it is connected to, and refuses by an OSError. The
    body is not unpacked. Raise CannotFetch. When cancelled, the connection is closed.
    """
    connector = TCPConnector(limit=1, force_close=True, use_dns_cache=False, socket_factory=socket_factory)
    try:
        async with (
            ClientSession(
                connector=connector,
                cookie_jar=DummyCookieJar(),
                headers={**HEADERS, "Accept": accept},
                timeout=ClientTimeout(total=seconds),
                auto_decompress=False,
                trust_env=False,
            ) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            body, is_cut = await _bounded_body(response, most_bytes)
            return Fetched(status=response.status, headers=response.headers, body=body, is_cut=is_cut)
    except TimeoutError as error:
        raise CannotFetch(f"did not answer within {seconds:g} seconds") from error
    except ClientConnectorDNSError as error:
        raise CannotFetch("has no address that is known here") from error
    except (ClientError, OSError, ValueError) as error:  # a ValueError is for a host name that is none
        raise CannotFetch(f"cannot be reached ({type(error).__name__})") from error


async def _bounded_body(response: ClientResponse, most_bytes: int) -> tuple[bytes, bool]:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise CannotFetch("answered in a packed form that was not asked for")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > most_bytes:
            return bytes(body[:most_bytes]), True
    return bytes(body), False
