"""What every request passes, as plain ASGI: a request id, headers for browsers, and a limit to the body."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.problems import problem_body, problem_response

LINGER_SECONDS = 5
LINGER_BYTES = 256 * 1024 * 1024
GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{1,100}")
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
NOTHING_LOADED = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
NOT_FRAMED = (b"content-security-policy", b"frame-ancestors 'none'; base-uri 'none'; object-src 'none'")


class RequestId:
    """Every answer carries X-Request-Id: the caller's own when it is a plain word, else a fresh one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        id = given if GIVEN_ID.fullmatch(given) else b"req_" + secrets.token_hex(12).encode()
        scope["request_id"] = id.decode()
        extra = [(b"x-request-id", id), *SECURITY_HEADERS]

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                message["headers"] = [*headers, *extra, *_policy(headers)]
            await send(message)

        await self.app(scope, receive, send_with_id)


def _policy(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """What a browser may load for the answer: nothing, but for a page that says so itself or is the documentation."""
    kind = b""
    for name, value in headers:
        if name == b"content-security-policy":
            return []
        if name == b"content-type":
            kind = value
    return [NOT_FRAMED if kind.startswith(b"text/html") else NOTHING_LOADED]


class BodyLimit:
    """Refuse a body over `limit` bytes, or `uploads` of theirs: by its length, or as soon as it has grown past.

    What a client still sends after the refusal is thrown away for a while: closing at once would reset the
    connection, and the client would never read why.
    """

    def __init__(self, app: ASGIApp, *, limit: int, uploads: Mapping[tuple[str, str], int] | None = None) -> None:
        """`uploads` are the bytes that the body of these methods and paths may have."""
        self.app = app
        self.limit = limit
        self.uploads = uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.uploads.get((scope["method"], scope["path"]), self.limit)
        detail = f"The body must have at most {limit:,} bytes"
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if length.isdigit() and int(length) > limit:
            body = problem_body(413, "content_too_large", detail, scope["request_id"])
            response = problem_response(scope, body, {"Connection": "close"})
            return await response(scope, receive, partial(_send_and_linger, receive, send))
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, detail, {"Connection": "close"})
            return message

        async def lingering(message: Message) -> None:
            await (_send_and_linger(receive, send, message) if seen > limit else send(message))

        await self.app(scope, counted, lingering)


async def _send_and_linger(receive: Receive, send: Send, message: Message) -> None:
    """Send; after the last of a body read on, bounded in bytes and time, before the connection is closed."""
    if message["type"] != "http.response.body" or message.get("more_body"):
        return await send(message)
    await send({**message, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            left = LINGER_BYTES
            while left > 0 and (more := await receive()).get("more_body"):
                left -= len(more["body"])
    await send({"type": "http.response.body", "body": b""})
