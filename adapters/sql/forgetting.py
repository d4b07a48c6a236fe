"""What is dropped when its time is over: the events of runs that ended long ago, and old idempotency keys."""

import sqlalchemy as sa

from adapters.sql.columns import Ids
from adapters.sql.functions import each_of, seconds_ago
from adapters.sql.keys import KEPT_AGO, OLD
from adapters.sql.runs import LAST_EVENT
from adapters.sql.tables import REMEMBERED, idempotency_keys, run_events, runs

KEYS_AT_ONCE = 1_000

r, k = runs.c, idempotency_keys.c
MOST = sa.bindparam("most", type_=sa.Integer)
WHICH = each_of(sa.bindparam("which", type_=Ids))
OLD_RUN = sa.and_(REMEMBERED, r.finished_at <= seconds_ago("age"))
OLD_RUNS = sa.select(r.id).where(OLD_RUN).order_by(r.finished_at).limit(MOST).with_for_update(skip_locked=True)
OLD_KEYS = sa.select(k.owner, k.key).where(OLD).order_by(k.created_at).limit(sa.literal_column(str(KEYS_AT_ONCE)))

# The oldest of each is the first of its index, whatever Postgres thinks of the rest.
OLDEST_ENDING = sa.select(sa.func.min(r.finished_at)).where(REMEMBERED).scalar_subquery()
OLDEST_KEY = sa.select(sa.func.min(k.created_at)).scalar_subquery()
LOOK = sa.select(sa.or_(seconds_ago("age") >= OLDEST_ENDING, OLDEST_KEY <= KEPT_AGO))
NOTE_LAST_EVENTS = sa.update(runs).where(r.id.op("IN")(WHICH)).values(last_event=sa.func.coalesce(LAST_EVENT, 0))
DROP_EVENTS = sa.delete(run_events).where(run_events.c.run_id.op("IN")(WHICH))
DROP_KEYS = sa.delete(idempotency_keys).where(sa.tuple_(k.owner, k.key).in_(OLD_KEYS))


def is_anything_old(connection: sa.Connection, age_seconds: float) -> bool:
    return bool(connection.execute(LOOK, {"age": age_seconds}).scalar_one())


def drop_old(connection: sa.Connection, age_seconds: float, most: int) -> int:
    """Drop the events of at most `most` runs, and at most KEYS_AT_ONCE keys; how many runs it was."""
    which = {"which": list(connection.execute(OLD_RUNS, {"age": age_seconds, "most": most}).scalars())}
    connection.execute(NOTE_LAST_EVENTS, which)
    connection.execute(DROP_EVENTS, which)
    connection.execute(DROP_KEYS)
    return len(which["which"])
