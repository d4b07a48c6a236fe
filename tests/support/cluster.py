"""Replicas of the real server on one database: each may die and come back, and all that they print is kept."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.process import command

LISTENS = re.compile(r"is at (http://\S+).*?auth +\w", re.DOTALL)
START_SECONDS = 120


class NotStarted(Exception):
    """The process ended before it listened."""


@dataclass(slots=True, eq=False)
class Replica:
    """One `serve`, life after life; `url` is that of the latest, on a port of its own."""

    name: str
    environment: dict[str, str]
    prefix: tuple[str, ...] = ()
    url: str = ""
    printed: str = ""
    files_at_start: int = 0
    process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Return when it listens. Raise NotStarted."""
        self.process = await command("serve", "--port", "0", prefix=self.prefix, **self.environment)
        begin = len(self.printed)
        self._reading = asyncio.create_task(self._read(self.process))
        try:
            async with asyncio.timeout(START_SECONDS):
                while not (found := LISTENS.search(self.printed, begin)):
                    if self._reading.done():
                        raise NotStarted(self.printed[begin:])
                    await asyncio.sleep(0.01)
        except BaseException:
            await self.kill()
            raise
        self.url = found[1]
        self.files_at_start = self.open_files

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while data := await process.stdout.read(65_536):
            self.printed += data.decode(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        """Does nothing to a process that has ended."""
        if self.is_alive:
            assert self.process is not None
            with suppress(ProcessLookupError):  # Popen's own way would look for the end and take it from asyncio
                os.kill(self.process.pid, number)

    async def ended(self, *, seconds: float = 60) -> int:
        """The exit code, when everything that it printed has been read."""
        assert self.process is not None
        assert self._reading is not None
        async with asyncio.timeout(seconds):
            code = await self.process.wait()
            await self._reading
        return code

    async def kill(self) -> None:
        """As kill -9, also when it is stopped."""
        if self.process is not None:
            self.signal(signal.SIGKILL)
            await self.ended()

    @property
    def open_files(self) -> int:
        """Sockets too: what a leak would show in. Linux only; elsewhere 0."""
        folder = Path(f"/proc/{self.process.pid if self.process else 0}/fd")
        return len(os.listdir(folder)) if folder.exists() else 0


@asynccontextmanager
async def replicas(count: int, **environment: str) -> AsyncIterator[list[Replica]]:
    """So many of them, started one after the other; killed at the end."""
    all = [Replica(name, environment) for name in "abcdefgh"[:count]]
    try:
        for replica in all:
            await replica.start()
        yield all
    finally:
        await asyncio.gather(*(replica.kill() for replica in all))
