"""The port of leases: which process executes which run."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.run import Run, RunId, WorkerId


@dataclass(frozen=True, slots=True)
class Claim:
    """The runs that are the worker's own now, and whether queued ones are left whose turn has not come."""

    runs: Sequence[Run]
    others_wait: bool


class Workers(Protocol):
    """One heartbeat row a worker, by the store's own clock; a run belongs to a worker under its fence.

    Every method is one short transaction of its own, and raises StorageUnavailable.
    """

    @abstractmethod
    async def beat(self, worker: WorkerId) -> list[RunId]:
        """Say that the worker lives; return those of its runs that somebody asked to cancel."""

    @abstractmethod
    async def claim(self, worker: WorkerId, *, limit: int, lease_seconds: float) -> Claim:
        """Take at most `limit` runs, oldest first, that nobody executes; fence and attempts of each are raised.

        Nobody executes a running run that was handed over, or whose worker has not beaten for `lease_seconds`; nor
        a queued run, whose turn has come when no other run of its conversation is active before it. Of simultaneous
        callers exactly one gets a run. Where a store belongs to one process, other workers are dead at once.
        """

    @abstractmethod
    async def release(self, worker: WorkerId, runs: Sequence[RunId]) -> None:
        """Hand these runs of the worker over: any worker may claim them at once, and late writes are refused."""

    @abstractmethod
    async def leave(self, worker: WorkerId) -> None:
        """Forget the worker; whatever it still had is handed over."""
