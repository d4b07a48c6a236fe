"""What is dropped when its time is over: the events of runs that ended long ago, and old idempotency keys."""

from typing import Any

import sqlalchemy as sa

from adapters.sql.columns import Ids
from adapters.sql.functions import each_of, seconds_ago
from adapters.sql.keys import OLD as OLD_KEY
from adapters.sql.runs import LAST_EVENT
from adapters.sql.tables import REMEMBERED, idempotency_keys, run_events, runs

r, k = runs.c, idempotency_keys.c
MOST = sa.bindparam("most", type_=sa.Integer)
WHICH = each_of(sa.bindparam("which", type_=Ids))
OLD_RUN = sa.and_(REMEMBERED, r.finished_at <= seconds_ago("age"))
OLD_RUNS = sa.select(r.id).where(OLD_RUN).order_by(r.finished_at).limit(MOST).with_for_update(skip_locked=True)
OLD_KEYS = sa.select(k.owner, k.key).where(OLD_KEY).order_by(k.created_at).limit(MOST)

LOOK = sa.select(
    sa.or_(sa.exists(sa.select(r.id).where(OLD_RUN)), sa.exists(sa.select(k.key).where(OLD_KEY))),
)
NOTE_LAST_EVENTS = sa.update(runs).where(r.id.op("IN")(WHICH)).values(last_event=sa.func.coalesce(LAST_EVENT, 0))
DROP_EVENTS = sa.delete(run_events).where(run_events.c.run_id.op("IN")(WHICH))
DROP_KEYS = sa.delete(idempotency_keys).where(sa.tuple_(k.owner, k.key).in_(OLD_KEYS))


def is_anything_old(connection: sa.Connection, age_seconds: float) -> bool:
    return connection.execute(LOOK, {"age": age_seconds}).scalar_one()


def drop_old(connection: sa.Connection, age_seconds: float, most: int) -> int:
    """Drop the events of at most `most` runs, and as many keys; how many runs it was."""
    limits: dict[str, Any] = {"age": age_seconds, "most": most}
    which = {"which": list(connection.execute(OLD_RUNS, limits).scalars())}
    connection.execute(NOTE_LAST_EVENTS, which)
    connection.execute(DROP_EVENTS, which)
    connection.execute(DROP_KEYS, limits)
    return len(which["which"])
