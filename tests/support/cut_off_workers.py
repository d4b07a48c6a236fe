"""A store of workers that is slow for one process, or out of its reach."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from application.ports.workers import Claim, Workers
from domain.errors import StorageUnavailable
from domain.run import RunId, WorkerId


@dataclass
class CutOffWorkers(Workers):
    """Passes everything on to `workers`; while `cut_off` nothing gets through, so the process is taken for dead.

    `way_back` are the turns of the loop between a claim that was granted and the news of it.
    """

    workers: Workers
    cut_off: bool = False
    way_back: int = 0

    async def beat(self, worker: WorkerId) -> list[RunId]:
        self._check()
        return await self.workers.beat(worker)

    async def claim(
        self,
        worker: WorkerId,
        *,
        executing: Collection[RunId],
        limit: int,
        lease_seconds: float,
        most_of_owner: int | None = None,
    ) -> Claim:
        self._check()
        claim = await self.workers.claim(
            worker, executing=executing, limit=limit, lease_seconds=lease_seconds, most_of_owner=most_of_owner
        )
        for _ in range(self.way_back):
            await asyncio.sleep(0)
        return claim

    async def release(self, worker: WorkerId) -> None:
        self._check()
        await self.workers.release(worker)

    def _check(self) -> None:
        if self.cut_off:
            raise StorageUnavailable
