"""The port of leases: which process executes which run."""

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from domain.run import Run, RunId, WorkerId


@dataclass(frozen=True, slots=True)
class Claim:
    """The runs that are the worker's own now, and whether queued ones are left whose turn has not come.

    `interrupted` are those whose worker died executing them.
    """

    runs: tuple[Run, ...]
    others_wait: bool


class Workers(Protocol):
    """One heartbeat row a worker, by the store's own clock; a run belongs to a worker under its fence.

    Every method is one short transaction of its own, and raises StorageUnavailable.
    """

    @abstractmethod
    async def beat(self, worker: WorkerId) -> list[RunId]:
        """Say that the worker lives; return those of its running runs that somebody asked to cancel."""

    @abstractmethod
    async def claim(
        self,
        worker: WorkerId,
        *,
        executing: Collection[RunId],
        limit: int,
        lease_seconds: float,
        most_of_owner: int | None = None,
    ) -> Claim:
        """Take at most `limit` runs that nobody executes; fence and attempts of each are raised.

        What was begun comes first. Queued runs follow as their owners take turns: who has fewer running is first, and
        each owner's oldest; none that would be its owner's next after `most_of_owner` running ones.

        Nobody executes
        - a running run that was handed over, or whose worker has not beaten for `lease_seconds`;
        - a running run of this worker that is not among `executing` though it was taken `lease_seconds` ago: its
          commit was never confirmed;
        - a waiting run that somebody asked to cancel;
        - a queued run, when no run of its conversation is running or waiting, nor queued before it.

        Of simultaneous callers exactly one gets a run. In a store that belongs to one process alone, every other
        worker is dead at once. Workers long dead are forgotten.
        """

    @abstractmethod
    async def release(self, worker: WorkerId) -> None:
        """Hand over the worker's running runs: any may claim them at once, and this attempt does not count."""
