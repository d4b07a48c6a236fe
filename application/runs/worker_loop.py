"""What a worker does besides its runs: it beats, takes what nobody executes, forgets old events, and stops in order."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from application.agents.expire_approvals import ExpireApprovals
from application.ports.run_log import RunLog
from application.ports.signals import WORK, Signals
from application.ports.workers import Workers
from application.runs.resume_run import ResumeRun
from application.runs.silence import Silence
from application.runs.worker import Worker
from domain.errors import StorageUnavailable

log = logging.getLogger(__name__)

LAST_SECONDS = 5.0
FORGET_EVERY_SECONDS = 10.0
FORGET_AT_ONCE = 200


@dataclass(slots=True, eq=False, kw_only=True)
class WorkerLoop:
    worker: Worker
    workers: Workers
    resume: ResumeRun
    log: RunLog
    signals: Signals
    expire_approvals: ExpireApprovals
    lease_seconds: float
    retention_seconds: float
    _silence: Silence = field(init=False)
    _appending: list[asyncio.Task[None]] = field(default_factory=list)
    _looking: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._silence = Silence(self.lease_seconds)

    async def start(self) -> None:
        """Beat once, so that no run of ours is ever taken for a dead worker's, then go on in the background.

        Of a store that cannot be written this worker takes nothing until it can, but what is stored can be read.
        """
        try:
            await self.workers.beat(self.worker.id)
        except StorageUnavailable as error:
            self.worker.is_known = False
            self._cannot_beat(error)
        self._appending.append(asyncio.create_task(self.worker.appender.run_forever()))
        self._looking += [asyncio.create_task(work) for work in (self._look_forever(), self._forget_forever())]

    async def stop(self, *, drain_seconds: float) -> None:
        """Take nothing more, let runs end within `drain_seconds`, and hand the rest over at once. Idempotent."""
        self.worker.draining = True
        with suppress(TimeoutError):
            async with asyncio.timeout(drain_seconds):
                await self.worker.until_idle()
        await _end(self._looking)  # before the rest is handed over, so that nothing is claimed any more
        with suppress(TimeoutError, StorageUnavailable):  # then the lease tells the others
            async with asyncio.timeout(LAST_SECONDS):
                await self.worker.let_go()
                await self.workers.release(self.worker.id)
                self.signals.send(WORK)
        self.worker.dismiss_readers()
        await _end(self._appending)

    async def look(self) -> bool:
        """Beat, stop what somebody asked to cancel, take what nobody executes; does anything wait for an ending?"""
        for run_id in await self.workers.beat(self.worker.id):
            self.worker.cancel(run_id)
        self.worker.is_known, self.worker.trouble = True, None
        silence = self._silence.bearable(asyncio.get_running_loop().time())
        if not self.worker.room:
            return True
        claim = await self.workers.claim(
            self.worker.id,
            executing=self.worker.executing,
            limit=self.worker.room,
            lease_seconds=silence,
            most_of_owner=self.worker.most_of_owner,
        )
        for run in claim.runs:
            self.worker.take(run, self.resume, self.resume.events)
        return claim.others_wait or not self.worker.room

    def _cannot_beat(self, error: StorageUnavailable) -> None:
        self.worker.trouble = error
        log.warning("the worker cannot beat: %s", error)

    async def _look_forever(self) -> None:
        with self.signals.subscribe(WORK) as work:
            while True:
                try:
                    self.worker.tell_of_endings = await self.look()
                except StorageUnavailable as error:
                    self._cannot_beat(error)
                except Exception:  # a worker that beats no more loses every run that it takes
                    log.exception("the worker cannot beat")
                await work.wait(self.lease_seconds / 3)

    async def _forget_forever(self) -> None:
        while True:
            forgotten = 0
            with suppress(StorageUnavailable):
                await self.expire_approvals()
                forgotten = await self.log.forget(older_than_seconds=self.retention_seconds, limit=FORGET_AT_ONCE)
            await asyncio.sleep(FORGET_EVERY_SECONDS if forgotten < FORGET_AT_ONCE else 0)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
