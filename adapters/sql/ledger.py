"""The usage ledger in SQL; the lines of runs are written by the run log."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from adapters.sql.codec import from_json, storable, to_json
from adapters.sql.columns import Id
from adapters.sql.functions import day_of
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import runs
from adapters.sql.tables import usage as lines
from application.ports.ledger import Group, UsageLedger
from domain.usage import (
    NOTHING_SPENT,
    SPENDING_COUNTS,
    Account,
    CallOutcome,
    Cost,
    GroupBy,
    LedgerEntry,
    Purpose,
    Spending,
    Usage,
)

MOST_SPANS = 40

u = lines.c
GROUPS: dict[GroupBy, sa.ColumnElement[Any]] = {
    GroupBy.DAY: day_of(u.created_at),
    GroupBy.MODEL: u.model,
    GroupBy.USER: u.user_id,
    GroupBy.KEY: u.key_id,
}
SUMS = {
    "calls": sa.func.count(),
    "estimated": sa.func.count(sa.case((u.estimated, 1))),
    "unpriced": sa.func.count(sa.case((u.cost_nanos.is_(None), 1))),
}
SUMMED = [SUMS[name] if name in SUMS else sa.func.coalesce(sa.func.sum(u[name]), 0) for name in SPENDING_COUNTS]
NANOS = sa.func.sum(u.cost_nanos)
RUN_IF_THERE = sa.select(runs.c.id).where(runs.c.id == sa.bindparam("run", type_=Id)).scalar_subquery()
ADD = sa.insert(lines).values(run_id=RUN_IF_THERE)


class SqlUsageLedger(Repository, UsageLedger):
    @in_session(writes=True)
    def add(self, connection: sa.Connection, entries: Sequence[LedgerEntry]) -> None:
        if entries:
            connection.execute(ADD, [entry_to_row(entry) for entry in entries])

    @in_session(slow=True)
    def spent(self, connection: sa.Connection, of: Account, *, since: datetime) -> Spending:
        statement = sa.select(u.currency, NANOS, *SUMMED).where(*_is_of(of), u.created_at >= since).group_by(u.currency)
        return sum((_spending(*row) for row in connection.execute(statement)), NOTHING_SPENT)

    async def totals(
        self, of: Account, *, by: GroupBy, since: datetime, before: datetime
    ) -> list[tuple[Group, Spending]]:
        """In several statements: none of them takes long, however much there is."""
        found: dict[Group, Spending] = {}
        for begin, end in _spans(since, before):
            for key, spending in await self._totals(of, by=by, since=begin, before=end):
                found[key] = found.get(key, NOTHING_SPENT) + spending
        return sorted(found.items(), key=lambda item: (item[0] is not None, item[0]))

    @in_session(slow=True)
    def _totals(
        self, connection: sa.Connection, of: Account, *, by: GroupBy, since: datetime, before: datetime
    ) -> list[tuple[Group, Spending]]:
        group = GROUPS[by]
        statement = (
            sa.select(group, u.currency, NANOS, *SUMMED).where(*_in_time(of, since, before)).group_by(group, u.currency)
        )
        return [(key, _spending(*row)) for key, *row in connection.execute(statement)]

    @in_session(slow=True)
    def page(
        self,
        connection: sa.Connection,
        of: Account,
        *,
        since: datetime,
        before: datetime,
        below: int | None,
        limit: int,
    ) -> list[LedgerEntry]:
        statement = sa.select(lines).where(*_in_time(of, since, before)).order_by(u.id.desc()).limit(limit)
        if below is not None:
            statement = statement.where(u.id < below)
        return [entry_from_row(row) for row in connection.execute(statement)]


def entry_to_row(entry: LedgerEntry) -> dict[str, Any]:
    """By the names of the columns, and `run`, which may be gone."""
    usage, cost = entry.usage, entry.cost
    return {
        "run": entry.run_id,
        "owner": entry.owner,
        "model": storable(entry.model),
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_tokens": usage.cached_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "raw": to_json(usage.raw),
        "created_at": entry.at,
        "user_id": entry.user_id,
        "key_id": entry.key_id,
        "asked": storable(entry.asked),
        "purpose": entry.purpose.value,
        "outcome": entry.outcome.value,
        "estimated": entry.estimated,
        "cost_nanos": cost.nanos if cost else None,
        "currency": cost.currency if cost else None,
        "price_version": cost.version if cost else None,
    }


def entry_from_row(row: Any) -> LedgerEntry:
    return LedgerEntry(
        id=row.id,
        run_id=row.run_id,
        owner=row.owner,
        user_id=row.user_id,
        key_id=row.key_id,
        asked=row.asked,
        model=row.model,
        purpose=Purpose(row.purpose),
        usage=Usage(
            row.input_tokens,
            row.output_tokens,
            from_json(row.raw),
            row.cached_tokens,
            row.cache_write_tokens,
            row.reasoning_tokens,
        ),
        at=row.created_at,
        outcome=CallOutcome(row.outcome),
        estimated=row.estimated,
        cost=None if row.cost_nanos is None else Cost(row.cost_nanos, row.currency, row.price_version),
    )


def _spans(since: datetime, before: datetime) -> Iterator[tuple[datetime, datetime]]:
    """At most MOST_SPANS, of at least a day each."""
    length = max(timedelta(days=1), (before - since) / MOST_SPANS)
    while since < before:
        end = before if before - since <= length else since + length
        yield since, end
        since = end


def _is_of(account: Account) -> list[sa.ColumnElement[bool]]:
    named = {u.owner: account.owner, u.key_id: account.key_id}
    return [column == value for column, value in named.items() if value is not None]


def _in_time(account: Account, since: datetime, before: datetime) -> list[sa.ColumnElement[bool]]:
    return [*_is_of(account), u.created_at >= since, u.created_at < before]


def _spending(currency: str | None, nanos: int | None, *counts: int) -> Spending:
    """Postgres gives sums as numbers without an end, which are whole all the same."""
    spent = {} if currency is None or nanos is None else {currency: int(nanos)}
    return Spending(**dict(zip(SPENDING_COUNTS, map(int, counts), strict=True)), nanos=spent)
