"""Workers and what they execute, in SQL."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from adapters.sql.backend import Backend
from adapters.sql.columns import Ids, Words
from adapters.sql.functions import NOW, each_of, seconds_ago
from adapters.sql.runs import COUNT_QUEUED, QUEUED, SELECT, from_row
from adapters.sql.tables import ACTIVE, conversations, runs, workers
from application.ports.workers import Claim, Workers
from domain.run import RunId, WorkerId

r, w = runs.c, workers.c
ANY_NUMBER = 2**62
RUNNING: sa.ColumnElement[str] = sa.literal_column("'running'")
WAITING: sa.ColumnElement[str] = sa.literal_column("'waiting'")
ME = sa.bindparam("me", type_=Words)
MINE = r.worker_id == ME
LEASE_AGO = seconds_ago("lease")
WHICH = each_of(sa.bindparam("which", type_=Ids))
EXECUTING = each_of(sa.bindparam("executing", type_=Ids))

LIVES = sa.exists().where(w.id == r.worker_id, w.heartbeat_at > LEASE_AGO)
LEFT = sa.or_(
    r.worker_id.is_(None),
    sa.and_(MINE, r.claimed_at <= LEASE_AGO, r.id.op("NOT IN")(EXECUTING)),
    sa.and_(~MINE, sa.or_(sa.bindparam("alone", type_=sa.Boolean), ~LIVES)),
)
other = runs.alias("other")
BEFORE = sa.exists().where(
    other.c.conversation_id == r.conversation_id, ACTIVE, sa.or_(other.c.status != QUEUED, other.c.id < r.id)
)
FREE = sa.and_(
    ACTIVE,
    sa.or_(
        sa.and_(r.status == RUNNING, LEFT),
        sa.and_(r.status == QUEUED, ~BEFORE.correlate(runs)),
        sa.and_(r.status == WAITING, r.cancel_requested),
    ),
)
# Counted, because for one that is likely to be found soon Postgres would walk through all runs there are.
FREE_RUNS = sa.select(sa.func.count()).select_from(runs).where(FREE).scalar_subquery()
QUEUED_RUNS = COUNT_QUEUED.scalar_subquery()
LOOK = sa.select((FREE_RUNS > 0).label("any_free"), (QUEUED_RUNS > 0).label("any_queued"))
# Owners take turns, so that it costs nobody else anything how many runs one has queued: each run is as far back as its
# owner has others that are running or queued before it.
BUSY = (
    sa.select(r.owner, sa.func.count().label("running")).where(ACTIVE, r.status == RUNNING).group_by(r.owner).subquery()
)
PLACE = sa.case(
    (
        r.status == QUEUED,
        sa.func.coalesce(BUSY.c.running, 0)
        + sa.func.row_number().over(partition_by=(r.owner, r.status == QUEUED), order_by=r.id),
    ),
    else_=0,
)
IN_TURN = (
    sa.select(r.id, PLACE.label("place"))
    .select_from(runs.outerjoin(BUSY, BUSY.c.owner == r.owner))
    .where(FREE)
    .subquery()
)
# Who finds a run held by another claim leaves it to that, and looks at the next.
HOLD = (
    sa.select(r.id, r.status, r.conversation_id, r.worker_id)
    .join(IN_TURN, IN_TURN.c.id == r.id)
    .where(IN_TURN.c.place <= sa.bindparam("most_of_owner", type_=sa.BigInteger))
    .order_by(IN_TURN.c.place, IN_TURN.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(key_share=True, skip_locked=True, of=runs)
)
# Who asks a question holds its conversation, so none can slip in before a queued run whose conversation is held here.
HOLD_CONVERSATIONS = (
    sa.select(conversations.c.id)
    .where(conversations.c.id.op("IN")(WHICH))
    .with_for_update(key_share=True, skip_locked=True)
)
TAKE = (
    sa.update(runs)
    .where(r.id.op("IN")(WHICH), FREE)
    .values(status=RUNNING, worker_id=ME, fence=r.fence + 1, attempts=r.attempts + 1, claimed_at=NOW)
    .returning(r.id)
)
TAKEN = SELECT.where(r.id.op("IN")(WHICH)).order_by(r.id)
RELEASE = sa.update(runs).where(ACTIVE, r.status == RUNNING, MINE).values(worker_id=None, attempts=r.attempts - 1)


@dataclass(frozen=True, slots=True)
class SqlWorkers(Workers):
    backend: Backend

    async def beat(self, worker: WorkerId) -> list[RunId]:
        return await self.backend.beat(worker)

    async def claim(
        self,
        worker: WorkerId,
        *,
        executing: Collection[RunId],
        limit: int,
        lease_seconds: float,
        most_of_owner: int | None = None,
    ) -> Claim:
        values = {"me": worker, "executing": executing, "lease": lease_seconds, "alone": self.backend.alone}
        async with self.backend.read() as session:
            found = await session.run(lambda connection: connection.execute(LOOK, values).one(), slow=True)
        values |= {"most": limit, "most_of_owner": ANY_NUMBER if most_of_owner is None else most_of_owner}
        if not found.any_free:
            return Claim((), found.any_queued)
        async with self.backend.begin() as session:
            claim = await session.run(lambda connection: _claim(connection, values), slow=True)
            await session.commit()
        return claim

    async def release(self, worker: WorkerId) -> None:
        async with self.backend.begin() as session:
            await session.run(lambda connection: connection.execute(RELEASE, {"me": worker}), slow=True)
            await session.commit()


def _claim(connection: sa.Connection, values: dict[str, Any]) -> Claim:
    """Hold what is free, then look again: by now nobody else can change what is held."""
    found = connection.execute(HOLD, values).all()
    queued_in = {row.conversation_id for row in found if row.status == "queued"}
    held = set(connection.execute(HOLD_CONVERSATIONS, {"which": queued_in}).scalars())
    which = [row.id for row in found if row.conversation_id in held or row.conversation_id not in queued_in]
    taken = list(connection.execute(TAKE, values | {"which": which}).scalars())
    rows = connection.execute(TAKEN, {"which": taken}).all()
    died = {row.id for row in found if row.status == "running" and row.worker_id not in (None, values["me"])}
    claimed = tuple(replace(from_row(row), interrupted=row.id in died) for row in rows)
    return Claim(claimed, connection.execute(COUNT_QUEUED).scalar_one() > 0)
