"""Workers and what they execute, in memory."""

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta

from adapters.memory.copies import copied_run
from adapters.memory.tables import Lease, Tables
from application.ports.clock import Now
from application.ports.workers import Claim, Workers
from domain.run import Run, RunId, RunStatus, WorkerId

FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MemoryWorkers(Workers):
    """`alone` says that one process has the store to itself, so that a worker of another name is a dead one."""

    tables: Tables
    writing: Callable[[], AbstractAsyncContextManager[None]]
    now: Now
    alone: bool

    async def beat(self, worker: WorkerId) -> list[RunId]:
        async with self.writing():
            self.tables.beats[worker] = self.now()
            return [run.id for run in self._running_of(worker) if run.cancel_requested]

    async def claim(
        self,
        worker: WorkerId,
        *,
        executing: Collection[RunId],
        limit: int,
        lease_seconds: float,
        most_of_owner: int | None = None,
    ) -> Claim:
        async with self.writing():
            lease = timedelta(seconds=lease_seconds)
            free = [run for run in self.tables.active_runs() if self._is_free(run, worker, executing, lease)]
            runs = tuple(self._take(run, worker) for run in self._in_turn(free, most_of_owner)[:limit])
            self._forget_long_dead()
            return Claim(runs, any(run.status is RunStatus.QUEUED for run in self.tables.active_runs()))

    async def release(self, worker: WorkerId) -> None:
        async with self.writing():
            for run in self._running_of(worker):
                self.tables.runs[run.id] = replace(run, attempts=run.attempts - 1)
                self.tables.leases[run.id] = Lease(None, self.now())

    def _running_of(self, worker: WorkerId) -> list[Run]:
        leases = self.tables.leases
        return [
            run
            for run in self.tables.active_runs()
            if run.status is RunStatus.RUNNING and leases[run.id].worker == worker
        ]

    def _is_free(self, run: Run, worker: WorkerId, executing: Collection[RunId], lease: timedelta) -> bool:
        if run.status is RunStatus.QUEUED:
            return all(self._goes_first(run, self.tables.runs[id]) for id in self.tables.active[run.conversation_id])
        if run.status is not RunStatus.RUNNING:
            return run.cancel_requested
        held = self.tables.leases[run.id]
        if held.worker == worker:
            return run.id not in executing and held.since <= self.now() - lease
        return held.worker is None or self.alone or not is_alive(self.tables, held.worker, self.now, lease)

    def _in_turn(self, free: list[Run], most_of_owner: int | None) -> list[Run]:
        """What was begun, then queued runs as far back as their owners have others running or queued before them."""
        is_running = RunStatus.RUNNING
        ahead = Counter(run.owner for run in self.tables.active_runs() if run.status is is_running)
        places: dict[RunId, int] = {}
        for run in free:
            if run.status is RunStatus.QUEUED:
                ahead[run.owner] += 1
                places[run.id] = ahead[run.owner]
        within = [run for run in free if most_of_owner is None or places.get(run.id, 0) <= most_of_owner]
        return sorted(within, key=lambda run: (places.get(run.id, 0), run.id))

    def _goes_first(self, run: Run, other: Run) -> bool:
        return other.status is RunStatus.QUEUED and run.id <= other.id

    def _take(self, run: Run, worker: WorkerId) -> Run:
        taken = replace(run, status=RunStatus.RUNNING, fence=run.fence + 1, attempts=run.attempts + 1)
        had_it = self.tables.leases[run.id].worker if run.status is RunStatus.RUNNING else None
        self.tables.runs[run.id] = taken
        self.tables.leases[run.id] = Lease(worker, self.now())
        return replace(copied_run(taken), interrupted=had_it not in (None, worker))

    def _forget_long_dead(self) -> None:
        beats = self.tables.beats
        for worker in [id for id, at in beats.items() if at < self.now() - FORGOTTEN_AFTER]:
            del beats[worker]


def is_alive(tables: Tables, worker: WorkerId, now: Now, lease: timedelta) -> bool:
    """The worker has beaten within the lease."""
    last = tables.beats.get(worker)
    return last is not None and last > now() - lease
