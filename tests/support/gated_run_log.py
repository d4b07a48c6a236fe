"""A run log whose store can be slow, stuck or away."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from application.ports.run_log import LogEntry, RunLog
from domain.errors import StorageUnavailable
from domain.run import NumberedEvent, RunId


@dataclass
class GatedRunLog(RunLog):
    """Passes everything on to `log`; `written` holds every group that it was asked to write.

    `pauses` are the turns of the loop that each write takes. A failure `read` spoils one read.
    """

    log: RunLog
    written: list[list[LogEntry]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    async def write(self, entries: Sequence[LogEntry]) -> set[RunId]:
        """The next of `failures` spoils a write, `before` or `after` it has happened: the writer cannot tell which."""
        self.written.append(list(entries))
        self._waiting.set()
        await self._open.wait()
        for _ in range(self.pauses.pop(0) if self.pauses else 0):
            await asyncio.sleep(0)
        failure = self.failures.pop(0) if self.failures else None
        if failure == "before":
            raise StorageUnavailable
        refused = await self.log.write(entries)
        if failure == "after":
            raise StorageUnavailable
        return refused

    async def read(self, run_id: RunId, *, after: int, limit: int) -> list[NumberedEvent]:
        if self.failures[:1] == ["read"]:
            self.failures.pop(0)
            raise StorageUnavailable
        return await self.log.read(run_id, after=after, limit=limit)

    async def forget(self, *, older_than_seconds: float, limit: int) -> int:
        return await self.log.forget(older_than_seconds=older_than_seconds, limit=limit)

    @asynccontextmanager
    async def stuck(self) -> AsyncIterator[None]:
        """While inside, no write gets through."""
        self._open.clear()
        self._waiting.clear()
        try:
            yield
        finally:
            self._open.set()

    async def until_a_write_waits(self) -> None:
        await asyncio.wait_for(self._waiting.wait(), 30)
