"""That something has changed, for whoever waits for it at that moment."""

import asyncio

import anyio


class News:
    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def hear(self, within_seconds: float) -> None:
        """Return at the next news, or when there was none in time."""
        with anyio.move_on_after(within_seconds):
            await self._next.wait()
