"""The port of the usage ledger: a line for each call of a provider, and what the lines add up to."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.usage import Account, GroupBy, LedgerEntry, Spending

Group = str | int | None
"""A day as `YYYY-MM-DD`, a `provider:model`, or the id of a user or a key: None for calls without one."""


class UsageLedger(Protocol):
    @abstractmethod
    async def add(self, entries: Sequence[LedgerEntry]) -> None:
        """A line for each under the next id. One that names a run which is gone names none.

        The calls that a run made are written by the run log, with what they led to.
        """

    @abstractmethod
    async def spent(self, of: Account, *, since: datetime) -> Spending:
        """What all calls of the account from that moment on add up to, also those whose run or key is gone."""

    @abstractmethod
    async def totals(
        self, of: Account, *, by: GroupBy, since: datetime, before: datetime
    ) -> list[tuple[Group, Spending]]:
        """What the calls from `since` to just before `before` add up to, group by group, in the order of the groups:
        None comes first."""

    @abstractmethod
    async def page(
        self, of: Account, *, since: datetime, before: datetime, below: int | None, limit: int
    ) -> list[LedgerEntry]:
        """The lines of that time, newest id first, only ids below `below`, at most `limit` (a keyset page)."""
