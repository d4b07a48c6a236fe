"""The port of the event log: what runs append, and what readers read."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.run import Ending, NumberedEvent, Run, RunEvent, RunId
from domain.usage import LedgerEntry


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Events of one run, numbered from `first`; with an `ending`, its RunFinished is the last of them.

    `calls` are the calls of providers that led to them.
    """

    run: Run
    first: int
    events: tuple[RunEvent, ...]
    ending: Ending | None = None
    calls: tuple[LedgerEntry, ...] = ()

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


class RunLog(Protocol):
    @abstractmethod
    async def write(self, entries: Sequence[LogEntry]) -> set[RunId]:
        """Append all entries in one commit (at most one a run), and return the runs whose entries were refused.

        An entry is accepted only while its run is active under the entry's fence, and when it goes on where the log
        ends. An entry with an ending also, in the same commit, gives the run its terminal state and usage, and seals
        the answer message with its parts and status. Its calls get their lines in the ledger in that commit too.
        Writing an entry again that was accepted before changes nothing and is no refusal.
        Durable when this returns. Raise StorageUnavailable when that is not certain: then write the same again.
        """

    @abstractmethod
    async def read(self, run_id: RunId, *, after: int, limit: int) -> list[NumberedEvent]:
        """The events numbered above `after`, in order, at least `limit` of them when there are that many.

        The caller has already checked who owns the run.
        """

    @abstractmethod
    async def forget(self, *, older_than_seconds: float, limit: int) -> int:
        """Drop the events of at most `limit` runs that ended so long ago, and say of how many; the runs stay."""
