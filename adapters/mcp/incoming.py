"""What a server sends, on its way to the SDK's session."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

import anyio
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCNotification

from adapters.mcp.pace import Pace

HEARD = frozenset(
    {"notifications/tools/list_changed", "notifications/cancelled", "notifications/subscriptions/acknowledged"}
)
MESSAGES_A_SECOND, MESSAGES_AT_ONCE = 200.0, 1000.0
Item = SessionMessage | Exception


class ReadStream(Protocol):
    async def receive(self) -> Item: ...
    async def aclose(self) -> None: ...


class WriteStream(Protocol):
    async def send(self, item: SessionMessage, /) -> None: ...
    async def aclose(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> bool | None: ...


Streams = tuple[ReadStream, WriteStream]
"""From a server and to it, as the SDK's transports have them."""


class Incoming:
    """A read stream without the chatter that nobody here listens to (progress, logs, what is no message), and no faster
    than a server with few calls under way has reason to be. `on_end` is told when there is nothing more to come."""

    def __init__(self, inner: ReadStream, on_end: Callable[[], None]) -> None:
        self._inner, self._on_end = inner, on_end
        self._pace = Pace(per_second=MESSAGES_A_SECOND, at_once=MESSAGES_AT_ONCE)

    @property
    def last_context(self) -> object:
        """Of the message that was received last; streams of HTTP have one."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> Item:
        while True:
            try:
                item = await self._inner.receive()
            except (anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError):
                self._on_end()
                raise
            await self._pace()
            if not _is_chatter(item):
                return item

    async def aclose(self) -> None:
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


def _is_chatter(item: Item) -> bool:
    if isinstance(item, Exception):
        return True
    return isinstance(item.message, JSONRPCNotification) and item.message.method not in HEARD
