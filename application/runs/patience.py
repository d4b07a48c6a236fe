"""Those who execute a run wait for a store that does not answer: nothing that was begun is given up for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.errors import StorageUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")


async def patiently(ask: Callable[[], Awaitable[T]], *, pause_seconds: float = 0.5) -> T:
    """The answer, asked for again and again while that raises StorageUnavailable. Others wait meanwhile, not longer."""
    while True:
        try:
            return await ask()
        except StorageUnavailable as error:
            log.warning("a run waits for the store: %s", error)
            await asyncio.sleep(pause_seconds)
