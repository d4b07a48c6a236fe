"""What the two databases do each in its own way."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import sqlalchemy as sa

from adapters.sql.session import Session
from application.ports.limit_counters import LimitCounters
from application.ports.run_log import LogEntry
from application.ports.signals import Signals
from domain.run import RunId, WorkerId


class Backend(Protocol):
    alone: bool
    """Whether one process has the database to itself, so that a worker of another name is a dead one."""

    def begin(self) -> AbstractAsyncContextManager[Session]:
        """A session whose work is rolled back unless committed. Everything in it raises StorageUnavailable."""

    def read(self) -> AbstractAsyncContextManager[Session]:
        """A session for looking: every statement sees what is committed by then."""

    async def append(self, entries: Sequence[LogEntry]) -> set[RunId]:
        """Write in one commit the entries that are next in the log of a run owned by their fence; return those runs."""

    async def beat(self, worker: WorkerId) -> list[RunId]:
        """As Workers.beat, however busy everybody else is."""

    def signals_over(self, local: Signals) -> Signals:
        """Signals to all processes that share the database; within this one they go by `local`."""

    def limit_counters(self, holder: str) -> LimitCounters | None:
        """Counters that all processes share which share the database; None if it belongs to one alone."""

    async def change_schema(self, work: Callable[[sa.Connection], None]) -> None:
        """Do the work in one transaction, alone among all processes, for as long as it takes, and commit it."""

    def claim(self) -> None:
        """Raise DatabaseInUse when another process serves from a database that bears only one."""

    @property
    def checked_out(self) -> int:
        """How many sessions are open."""

    def describe(self) -> str:
        """Which database this is, without its password."""

    async def dispose(self) -> None: ...
