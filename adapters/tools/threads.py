"""Functions that block, run beside the event loop."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any

from application.ports.tools import ToolFailed


class Threads:
    """A thread for each call, at most so many at once.

    They are daemons, and not those that the rest of the process shares: a function that never returns keeps one of the
    places, and neither a database waiting nor the process from ending.
    """

    def __init__(self, most: int = 32) -> None:
        self._free = threading.BoundedSemaphore(most)

    async def run(self, function: Callable[[], Any]) -> Any:
        """What the function gives or raises; ToolFailed when no place is free.

        When cancelled it stops waiting: Python cannot end a thread, so the function itself runs to its end unheard.
        """
        if not self._free.acquire(blocking=False):
            raise ToolFailed("Too many calls of tools are still running; try again later")
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[tuple[Any, Exception | None]] = loop.create_future()

        def settle(result: Any, error: Exception | None) -> None:
            if not outcome.done():
                outcome.set_result((result, error))  # a pair, as a future takes no StopIteration

        def work() -> None:
            result, error = _outcome(function)
            self._free.release()
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, result, error)

        try:
            threading.Thread(target=copy_context().run, args=(work,), name="a tool", daemon=True).start()
        except RuntimeError as error:
            self._free.release()
            raise ToolFailed("There is no room for another thread; try again later") from error
        result, failure = await outcome
        if failure is not None:
            raise failure
        return result


def _outcome(function: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return function(), None
    except Exception as error:  # noqa: BLE001  # raised again where the call is awaited
        return None, error
    except BaseException as error:  # noqa: BLE001  # sys.exit() in a tool is not meant for this process
        return None, RuntimeError(f"ended by {type(error).__name__}")
