"""The usage ledger in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from adapters.memory.copies import copied_usage
from adapters.memory.tables import Draft
from application.ports.ledger import Group, UsageLedger
from domain.run import RunId
from domain.usage import NOTHING_SPENT, Account, GroupBy, LedgerEntry, Spending

GROUPS: dict[GroupBy, Callable[[LedgerEntry], Group]] = {
    GroupBy.DAY: lambda entry: entry.at.astimezone(UTC).date().isoformat(),
    GroupBy.MODEL: lambda entry: entry.model,
    GroupBy.USER: lambda entry: entry.user_id,
    GroupBy.KEY: lambda entry: entry.key_id,
}


@dataclass(frozen=True, slots=True)
class MemoryLedger(UsageLedger):
    draft: Draft

    async def add(self, entries: Sequence[LedgerEntry]) -> None:
        for entry in entries:
            is_there = entry.run_id is not None and self.draft.runs.get(RunId(entry.run_id)) is not None
            self.draft.ledger.append(copied_entry(entry, run_id=entry.run_id if is_there else None))

    async def spent(self, of: Account, *, since: datetime) -> Spending:
        return sum((entry.spending for entry in self._of(of) if entry.at >= since), NOTHING_SPENT)

    async def totals(
        self, of: Account, *, by: GroupBy, since: datetime, before: datetime
    ) -> list[tuple[Group, Spending]]:
        found: dict[Group, Spending] = {}
        for entry in self._of(of):
            if since <= entry.at < before:
                group = GROUPS[by](entry)
                found[group] = found.get(group, NOTHING_SPENT) + entry.spending
        return sorted(found.items(), key=lambda item: (item[0] is not None, item[0]))

    async def page(
        self, of: Account, *, since: datetime, before: datetime, below: int | None, limit: int
    ) -> list[LedgerEntry]:
        lines = [entry for entry in self._of(of) if since <= entry.at < before]
        newest_first = [entry for entry in lines[::-1] if below is None or (entry.id or 0) < below]
        return [copied_entry(entry) for entry in newest_first[:limit]]

    def _of(self, account: Account) -> Iterator[LedgerEntry]:
        for entry in self.draft.all_spent():
            if account.owner in (None, entry.owner) and account.key_id in (None, entry.key_id):
                yield entry


def copied_entry(entry: LedgerEntry, **changes: object) -> LedgerEntry:
    return replace(entry, usage=copied_usage(entry.usage), **changes)  # type: ignore[arg-type]
