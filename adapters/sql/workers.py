"""Workers and what they execute, in SQL."""

import sqlalchemy as sa

from adapters.sql.columns import Ids, Words
from adapters.sql.functions import each_of, seconds_ago
from adapters.sql.runs import QUEUED
from adapters.sql.tables import ACTIVE, runs, workers

r, w = runs.c, workers.c
RUNNING: sa.ColumnElement[str] = sa.literal_column("'running'")
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
FREE = sa.and_(ACTIVE, sa.or_(sa.and_(r.status == RUNNING, LEFT), sa.and_(r.status == QUEUED, ~BEFORE.correlate(runs))))
OTHERS_WAIT = sa.exists(sa.select(r.id).where(ACTIVE, r.status == QUEUED))

LOOK = sa.select(sa.exists(sa.select(r.id).where(FREE)).label("free"), OTHERS_WAIT.label("others_wait"))
# Without the plus SQLite walks through all runs there are, in the order of their ids.
OLDEST_FIRST: sa.ColumnElement[int] = sa.literal_column("+runs.id")
