"""A server at an address, spoken to by streamable HTTP."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager

import anyio
import httpx2
from mcp.client.streamable_http import streamable_http_client

from adapters.mcp.incoming import Streams
from adapters.mcp.pace import Pace
from adapters.mcp.trouble import Trouble

CONNECT_SECONDS = 10.0
MOST_CONNECTIONS = 50
SESSION = "mcp-session-id"
BYTES_A_SECOND, BYTES_AT_ONCE = 10e6, 30e6


@asynccontextmanager
async def http_streams(
    url: str, *, headers: Mapping[str, str], idle_seconds: float, most_bytes: int, trouble: Trouble
) -> AsyncGenerator[Streams]:
    """The streams to and from the server; to be left in the task that entered.

    An answer, or an event of a stream, of more than `most_bytes` fails; redirects are followed within the server only.
    `idle_seconds` is how long a stream may be silent.
    """
    trusted = await anyio.to_thread.run_sync(httpx2.create_ssl_context)  # reads all certificates: 60 ms and more
    limits = httpx2.Limits(max_connections=MOST_CONNECTIONS)
    transport = _Bounded(httpx2.AsyncHTTPTransport(verify=trusted, limits=limits), most_bytes, trouble)
    async with (
        httpx2.AsyncClient(
            transport=transport,
            headers={**headers, "Accept-Encoding": "identity"},
            timeout=httpx2.Timeout(CONNECT_SECONDS, read=idle_seconds),
            trust_env=False,  # a proxy would be another client than the bounded one
        ) as http,
        streamable_http_client(url, http_client=http, max_sse_event_size=most_bytes) as streams,
    ):
        yield streams


class _Bounded(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncBaseTransport, most_bytes: int, trouble: Trouble) -> None:
        self._inner, self._most_bytes, self._trouble = inner, most_bytes, trouble

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            response = await self._inner.handle_async_request(request)
        except httpx2.TransportError as error:
            self._trouble.say(f"cannot be reached ({type(error).__name__})")
            raise
        if response.status_code in (401, 403) or response.status_code >= 500:
            self._trouble.say(f"answered with status {response.status_code}")
        if response.status_code == 404 and SESSION in request.headers:
            # The session is forgotten, so the call was not taken; without a body the SDK says so in its own words.
            await response.aclose()
            return httpx2.Response(404)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            self._trouble.say("answered in a packed form that was not asked for")
            raise httpx2.DecodingError("packed", request=request)
        is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
        body = _Body(response, None if is_stream else self._most_bytes)
        return httpx2.Response(
            response.status_code, headers=response.headers, stream=body, extensions=response.extensions
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Body(httpx2.AsyncByteStream):
    """Read at a measured pace, and where it is one message, to a bounded length."""

    def __init__(self, response: httpx2.Response, most_bytes: int | None) -> None:
        self._response, self._most_bytes = response, most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pace, size = Pace(per_second=BYTES_A_SECOND, at_once=BYTES_AT_ONCE), 0
        async for chunk in self._response.aiter_raw():
            size += len(chunk)
            if self._most_bytes is not None and size > self._most_bytes:
                raise httpx2.StreamError(f"a message of more than {self._most_bytes:,} bytes")
            await pace(len(chunk))
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()
