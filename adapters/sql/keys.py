"""Idempotency keys in SQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.functions import NOW, ago, seconds_ago
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import idempotency_keys, workers
from application.ports.idempotency import IdempotencyKeys
from domain.access import OwnerId
from domain.errors import KeyInUse, KeyReused
from domain.idempotency import KEPT_SECONDS, IdempotencyKey, KeyUse, StoredAnswer

k, w = idempotency_keys.c, workers.c
KEPT_AGO = ago(sa.literal_column(str(KEPT_SECONDS)))
OLD = k.created_at <= KEPT_AGO
THIS = sa.and_(k.owner == sa.bindparam("whose"), k.key == sa.bindparam("which"))
LIVES = sa.exists().where(w.id == k.worker_id, w.heartbeat_at > seconds_ago("lease"))
FIND = sa.select(idempotency_keys, LIVES.label("worker_lives")).where(THIS, ~OLD)
DROP = sa.delete(idempotency_keys).where(THIS)
FORGET_ANSWERS = sa.delete(idempotency_keys).where(k.owner == sa.bindparam("whose"), k.status.is_not(None))


def _is_at_work(row: Any) -> sa.ColumnElement[bool]:
    return sa.and_(row.run_id.is_(None), row.conversation_id.is_(None), row.status.is_(None))


def _keep() -> sa.Insert:
    """Insert, or replace what is old or what the same worker was at work on; otherwise return nothing."""
    new = insert(idempotency_keys).values(created_at=NOW)
    finishes = sa.and_(_is_at_work(k), k.worker_id == new.excluded.worker_id, ~_is_at_work(new.excluded))
    columns = ("fingerprint", "run_id", "conversation_id", "worker_id", "status", "media_type", "body")
    return new.on_conflict_do_update(
        index_elements=[k.owner, k.key],
        set_={name: new.excluded[name] for name in columns}
        | {"created_at": sa.case((OLD, new.excluded.created_at), else_=k.created_at)},
        where=sa.or_(OLD, finishes),
    ).returning(k.owner)


KEEP = _keep()


class SqlIdempotencyKeys(Repository, IdempotencyKeys):
    @in_session(writes=True)
    def find(self, connection: sa.Connection, key: IdempotencyKey, *, lease_seconds: float) -> KeyUse | None:
        self._session.hold_key(connection, key)
        row = connection.execute(FIND, {**_name(key), "lease": lease_seconds}).one_or_none()
        if row is None:
            return None
        use = _from_row(row)
        if use == KeyUse(worker_id=use.worker_id) and use.worker_id and not row.worker_lives:
            connection.execute(DROP, _name(key))
            return None
        if row.fingerprint != key.fingerprint:
            raise KeyReused
        return use

    @in_session(writes=True)
    def keep(self, connection: sa.Connection, key: IdempotencyKey, use: KeyUse) -> None:
        if connection.execute(KEEP, _to_row(key, use)).one_or_none() is None:
            raise KeyInUse

    @in_session(writes=True, slow=True)
    def forget_answers(self, connection: sa.Connection, owner: OwnerId) -> int:
        return connection.execute(FORGET_ANSWERS, {"whose": owner}).rowcount

    @in_session(writes=True)
    def drop(self, connection: sa.Connection, key: IdempotencyKey) -> None:
        connection.execute(DROP, _name(key))


def _name(key: IdempotencyKey) -> dict[str, Any]:
    return {"whose": key.owner, "which": key.key}


def _to_row(key: IdempotencyKey, use: KeyUse) -> dict[str, Any]:
    return {
        "owner": key.owner,
        "key": key.key,
        "fingerprint": key.fingerprint,
        "run_id": use.run_id,
        "conversation_id": use.conversation_id,
        "worker_id": use.worker_id,
        "status": use.answer and use.answer.status,
        "media_type": use.answer and use.answer.media_type,
        "body": use.answer and use.answer.body,
    }


def _from_row(row: sa.Row[Any]) -> KeyUse:
    answer = None if row.status is None else StoredAnswer(row.status, row.media_type, row.body)
    return KeyUse(run_id=row.run_id, conversation_id=row.conversation_id, answer=answer, worker_id=row.worker_id)
