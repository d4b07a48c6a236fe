"""An answer on its way: bytes as they arrive, under the limits of its call."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import httpx2

from adapters.http.failures import TRANSPORT_ERRORS, Translator
from adapters.http.limits import Patience
from domain.errors import ProviderAnswerInvalid

DRAIN_SECONDS = 0.1
ERROR_SECONDS = 5.0
ERROR_BYTES = 64 * 1024


class Answer:
    """Its headers have arrived. Close it: that closes the connection, unless the body was read to its end."""

    def __init__(
        self, response: httpx2.Response, patience: Patience, translate: Translator, *, idle_seconds: float
    ) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response
        self._chunks: AsyncGenerator[bytes, None] = response.aiter_raw()
        self._patience = patience
        self._translate = translate
        self._idle_seconds = idle_seconds
        self._first: bytes | None = None

    async def wait_for_first(self) -> None:
        """Raise as the transport does; the limit is the caller's."""
        self._first = await anext(self._chunks, b"")

    async def read(self, *, idle_seconds: float | None = None) -> bytes:
        """What has arrived, as soon as anything has; b"" at the end.

        Raise ProviderTimedOut, or ProviderUnavailable when the connection breaks.
        """
        if self._first is not None:
            first, self._first = self._first, None
            return first
        try:
            with self._patience.limit("idle", idle_seconds or self._idle_seconds):
                return await anext(self._chunks, b"")
        except TRANSPORT_ERRORS as error:
            raise self._translate.of_transport(error) from None

    async def read_all(self, *, at_most_bytes: int) -> bytes:
        """Raise as `read` does, and ProviderAnswerInvalid when there is more."""
        whole = bytearray()
        while data := await self.read():
            whole += data
            if len(whole) > at_most_bytes:
                raise ProviderAnswerInvalid(self._translate.provider, f"it is longer than {at_most_bytes:,} bytes")
        return bytes(whole)

    async def words_of_error(self) -> bytes:
        """What arrives soon of the body of an error, whose status alone says enough."""
        return await self._read_for(ERROR_SECONDS)

    async def drain(self) -> None:
        """Give the end of the body a moment to arrive: a connection that was read to its end can be used again."""
        await self._read_for(DRAIN_SECONDS)

    async def _read_for(self, seconds: float) -> bytes:
        whole = bytearray()
        with suppress(TimeoutError, *TRANSPORT_ERRORS):
            async with asyncio.timeout(seconds):
                while len(whole) < ERROR_BYTES and (data := await anext(self._chunks, b"")):
                    whole += data
        return bytes(whole[:ERROR_BYTES])

    async def aclose(self) -> None:
        self._patience.close()
        await self._chunks.aclose()
        await self._response.aclose()
