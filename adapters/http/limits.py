"""How long one call to a provider may keep us waiting."""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from domain.errors import ProviderTimedOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """In seconds. Connect: until there is a connection, name lookup and TLS included. First byte: from the start of an
    attempt to the first byte of the body; headers alone are no answer. Idle: between two reads. Total: the whole call,
    its retries and the time that the reader takes included."""

    connect_seconds: float = 5.0
    first_byte_seconds: float = 60.0
    idle_seconds: float = 60.0
    total_seconds: float = 900.0


class Patience:
    """The clock of one call: `with patience.limit("idle", 60): await ...` raises ProviderTimedOut naming the limit.

    As `asyncio.timeout`, but with one timer a call instead of one a read, which is a third of what a read costs: the
    timer is not moved when a read ends in time; when it fires it looks whether anything is overdue. Limits do not
    nest, and each is entered and left in one task, but the next may be another task's.
    """

    def __init__(self, provider: str, total_seconds: float) -> None:
        self._provider = provider
        self._loop = asyncio.get_running_loop()
        self._total = ("total", total_seconds, self._loop.time() + total_seconds)
        self._current = self._total
        self._timer: asyncio.TimerHandle | None = None
        self._fires_at = 0.0
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._overdue = False

    @property
    def left_seconds(self) -> float:
        return self._total[2] - self._loop.time()

    def limit(self, name: str, seconds: float) -> Self:
        """The limit to enter next, unless the total one is nearer."""
        until = self._loop.time() + seconds
        self._current = (name, seconds, until) if until < self._total[2] else self._total
        return self

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        if self._timer is None or self._current[2] < self._fires_at:
            self._set_timer()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        task, self._task = self._task, None
        if not self._overdue or task is None:
            return
        self._overdue = False
        # Someone else may have cancelled the task as well: then theirs goes on.
        if task.uncancel() <= self._cancelling and kind is not None and issubclass(kind, asyncio.CancelledError):
            name, seconds, _ = self._current
            raise ProviderTimedOut(self._provider, f"the {name} limit of {seconds:g} seconds has passed") from None

    def _set_timer(self) -> None:
        self.close()
        self._fires_at = self._current[2]
        self._timer = self._loop.call_at(self._fires_at, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._task is None:
            return
        if self._loop.time() < self._current[2]:
            self._set_timer()
        else:
            self._overdue = True
            self._task.cancel()
