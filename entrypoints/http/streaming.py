"""How a stream meets a reader: refuse before the first byte, notice who leaves, and keep quiet lines open."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Mapping
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.run import NumberedEvent, Run, RunFinished
from entrypoints.http.problems import ClientLeft, RunFailed

T = TypeVar("T")

HEARTBEAT_SECONDS = 15
REFUSAL_SECONDS = 5


class Closable(Protocol):
    async def aclose(self) -> None: ...


async def unless_client_leaves(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled when the reader goes away first. Raise ClientLeft then."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(request.receive))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientLeft
        return task.result()
    finally:
        for each in (task, gone):
            each.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Opened:
    """A run's events with the first batch looked at already. Close it (`aclosing`) to stop reading."""

    def __init__(self, batches: AsyncGenerator[list[NumberedEvent], None]) -> None:
        self._batches = batches
        self._first = asyncio.ensure_future(anext(batches))

    async def peek(self, run: Run, *, seconds: float = REFUSAL_SECONDS) -> None:
        """Raise RunFailed if the run ends with a problem before anything was said, within `seconds`."""
        done, _ = await asyncio.wait((self._first,), timeout=seconds)
        if done:
            event = self._first.result()[0].event
            if isinstance(event, RunFinished) and event.problem:
                raise RunFailed(run, event.problem)

    async def __aiter__(self) -> AsyncIterator[list[NumberedEvent]]:
        yield await self._first
        async for batch in self._batches:
            yield batch

    async def aclose(self) -> None:
        self._first.cancel()
        await asyncio.gather(self._first, return_exceptions=True)
        await self._batches.aclose()


async def open_run(run: Run, batches: AsyncGenerator[list[NumberedEvent], None]) -> Opened:
    """The events of a turn from the first. Raise RunFailed."""
    opened = Opened(batches)
    try:
        await opened.peek(run)
    except BaseException:
        await opened.aclose()
        raise
    return opened


class StreamedResponse(Response):
    """Send each piece as it comes, in one write; stop and close `source` when the reader leaves or will not read.

    `heartbeat` is sent when nothing else was for a while, so that proxies keep the line open.
    """

    def __init__(
        self,
        source: Closable,
        pieces: AsyncGenerator[bytes, None],
        *,
        media_type: str,
        heartbeat: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.source = source
        self.pieces = pieces
        self.heartbeat = heartbeat
        self.status_code = 200
        self.background = None
        self.writing, self.sent = False, 0
        self.media_type = media_type
        self.init_headers({"Cache-Control": "no-cache", "X-Accel-Buffering": "no", **(headers or {})})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self.source), aclosing(self.pieces):
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            sending = asyncio.ensure_future(self._send_all(send))
            watching = asyncio.ensure_future(self._watch(receive, send))
            try:
                await asyncio.wait((sending, watching), return_when=asyncio.FIRST_COMPLETED)
                if sending.done():
                    sending.result()
            finally:
                for task in (sending, watching):
                    task.cancel()
                await asyncio.gather(sending, watching, return_exceptions=True)

    async def _send_all(self, send: Send) -> None:
        async for piece in self.pieces:
            self.writing = True
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            self.writing = False
            self.sent += 1
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _watch(self, receive: Receive, send: Send) -> None:
        """Return when the reader has left, or has read nothing for a whole interval: it may come back at its cursor."""
        stuck = -1
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    message = await receive()
            except TimeoutError:
                if self.writing and self.sent == stuck:
                    return
                stuck = self.sent if self.writing else -1
                if self.heartbeat and not self.writing:
                    await send({"type": "http.response.body", "body": self.heartbeat, "more_body": True})
            else:
                if message["type"] == "http.disconnect":
                    return
