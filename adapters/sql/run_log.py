"""The event log in SQL: a row for each run and group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from adapters.sql.backend import Backend
from adapters.sql.codec import events_from_json, events_to_json, parts_to_columns, storable, to_json, usage_to_json
from adapters.sql.columns import Id
from adapters.sql.forgetting import drop_old, is_anything_old
from adapters.sql.ledger import entry_to_row
from adapters.sql.tables import run_events, runs
from application.ports.run_log import LogEntry, RunLog
from domain.run import Ending, NumberedEvent, Run, RunId

FORGOTTEN_AT_ONCE = 20

e = run_events.c
WHICH = sa.bindparam("which", type_=Id)
AFTER = sa.bindparam("after", type_=sa.BigInteger)
# The one row that may hold both seen and unseen events is found by its key, so a late cursor reads no early row.
LAST_SEEN = sa.select(sa.func.max(e.first)).where(e.run_id == WHICH, e.first <= AFTER).scalar_subquery()
READ = (
    sa.select(e.first, e.events)
    .where(e.run_id == WHICH, e.first >= sa.func.coalesce(LAST_SEEN, 0), e.last > AFTER)
    .order_by(e.first)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
WRITTEN = (
    sa.select(e.events)
    .join(runs, runs.c.id == e.run_id)
    .where(e.run_id == WHICH, e.first == sa.bindparam("start"), runs.c.fence == sa.bindparam("fence", type_=Id))
)


@dataclass(frozen=True, slots=True)
class SqlRunLog(RunLog):
    backend: Backend

    async def write(self, entries: Sequence[LogEntry]) -> set[RunId]:
        if not entries:
            return set()
        accepted = await self.backend.append(entries)
        if len(accepted) == len(entries):
            return set()
        rest = [entry for entry in entries if entry.run.id not in accepted]
        async with self.backend.read() as session:
            return await session.run(lambda connection: _never_written(connection, rest), slow=False)

    async def read(self, run_id: RunId, *, after: int, limit: int) -> list[NumberedEvent]:
        where = {"which": run_id, "after": after, "most": limit}
        async with self.backend.read() as session:
            rows = await session.run(lambda connection: connection.execute(READ, where).all(), slow=False)
        return [
            NumberedEvent(number, event)
            for row in rows
            for number, event in enumerate(events_from_json(row.events), start=row.first)
            if number > after
        ]

    async def forget(self, *, older_than_seconds: float, limit: int) -> int:
        """A few runs a transaction, so that nobody waits for long behind it."""
        forgotten = 0
        for begun in range(0, limit, FORGOTTEN_AT_ONCE):
            async with self.backend.read() as session:
                if not await session.run(partial(is_anything_old, age_seconds=older_than_seconds), slow=False):
                    break
            most = min(FORGOTTEN_AT_ONCE, limit - begun)
            async with self.backend.begin() as session:
                forgotten += await session.run(partial(drop_old, age_seconds=older_than_seconds, most=most), slow=True)
                await session.commit()
        return forgotten


def ending_to_row(run: Run, ending: Ending) -> dict[str, Any]:
    """What an ending changes in runs and messages, by names of our own."""
    outcome, problem, usage = ending.outcome, ending.outcome.problem, ending.outcome.usage
    content, parts = parts_to_columns(ending.answer)
    return {
        "run": run.id,
        "answer": run.answer_id,
        "at": ending.at,
        "outcome": outcome.status.value,
        "reason": None if outcome.finish_reason is None else storable(outcome.finish_reason),
        "code": problem.code if problem else None,
        "message": storable(problem.message) if problem else None,
        "words": content,
        "all_parts": parts,
        "by": storable(outcome.answered_by) if outcome.answered_by else None,
        "left_out": to_json(outcome.dropped) if outcome.dropped else None,
        "total": usage_to_json(usage) if usage else None,
    }


def calls_to_rows(entries: Iterable[LogEntry]) -> list[dict[str, Any]]:
    """The lines of the ledger, by the names of its columns, and `run`."""
    return [entry_to_row(call) | {"run": entry.run.id} for entry in entries for call in entry.calls]


def _never_written(connection: sa.Connection, entries: Sequence[LogEntry]) -> set[RunId]:
    """Of the entries that were not accepted now, those that had not been accepted before either."""

    def written(entry: LogEntry) -> bool:
        where = {"which": entry.run.id, "start": entry.first, "fence": entry.run.fence}
        return connection.execute(WRITTEN, where).scalar_one_or_none() == events_to_json(entry.events)

    return {entry.run.id for entry in entries if not written(entry)}
