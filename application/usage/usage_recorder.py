"""Writes the entries of calls that are no run's, all that wait in one commit, so that a commit costs less the busier
the process is."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from application.ports.storage import BeginTransaction
from domain.errors import RunNotFound, StorageUnavailable
from domain.run import RunId
from domain.usage import LedgerEntry

log = logging.getLogger(__name__)

MOST_WAITING = 100_000
AT_ONCE = 1_000


@dataclass(slots=True, eq=False)
class UsageRecorder:
    """Entries wait in memory for `gather_seconds`, and for as long as the store does not answer: what a process had
    not written when it was killed is lost, and no more than MOST_WAITING wait."""

    begin: BeginTransaction
    gather_seconds: float = 0.05
    pause_seconds: float = 1.0
    _waiting: list[LedgerEntry] = field(default_factory=list)
    _orphans: list[LedgerEntry] = field(default_factory=list)
    _something: asyncio.Event = field(default_factory=asyncio.Event)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def keep(self, entry: LedgerEntry) -> None:
        """Have it written soon."""
        self._waiting.append(entry)
        self._something.set()

    def keep_if_orphaned(self, entry: LedgerEntry) -> None:
        """The same, if the run that made the call is gone; whoever has a run that is there counts for itself."""
        self._orphans.append(entry)
        self._something.set()

    def admit(self) -> None:
        """Raise StorageUnavailable while too much waits already: what could not be counted is not to be spent."""
        if len(self._waiting) >= MOST_WAITING:
            raise StorageUnavailable("What is used cannot be written down at present; try again shortly")

    async def flush(self) -> None:
        """Return when all that was kept before is durable. Raise StorageUnavailable; it is kept for later then."""
        async with self._writing:
            while self._waiting or self._orphans:
                await self._write()

    async def run_forever(self) -> None:
        """Write until cancelled."""
        while True:
            await self._something.wait()
            await asyncio.sleep(self.gather_seconds)
            self._something.clear()
            try:
                await self.flush()
            except StorageUnavailable as error:
                log.warning("the usage of %d calls cannot be written yet: %s", len(self._waiting), error)
                self._something.set()
                await asyncio.sleep(self.pause_seconds)
            except Exception:  # a bug must not silence the ledger for good; what it was about stays in the log
                log.exception("the usage of these calls is not in the ledger: %s", self._waiting[:AT_ONCE])
                del self._waiting[:AT_ONCE]

    async def stop(self, task: asyncio.Task[None], *, seconds: float) -> None:
        """Write what is left, within so many seconds, and end the task."""
        with suppress(TimeoutError, StorageUnavailable):
            async with asyncio.timeout(seconds):
                await self.flush()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _write(self) -> None:
        entries, orphans = self._waiting[:AT_ONCE], self._orphans[:AT_ONCE]
        async with self.begin() as tx:
            await tx.ledger.add(entries)
            for orphan in orphans:
                try:
                    await tx.runs.get(RunId(orphan.run_id or 0), owner=orphan.owner)
                except RunNotFound:
                    await tx.ledger.add([orphan])
            await tx.commit()
        del self._waiting[: len(entries)]
        del self._orphans[: len(orphans)]
