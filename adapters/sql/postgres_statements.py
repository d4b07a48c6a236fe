"""The statements that are Postgres's own: each is one round trip."""

from typing import Any

import sqlalchemy as sa

from adapters.sql.columns import Id, UtcDateTime, Words
from adapters.sql.messages import chained
from adapters.sql.tables import messages

# The row of the conversation is held first: whoever holds it may make a run of that conversation the running one, and
# nobody else. Should two try all the same, the unique index lets one through, and the rest follows from that.
INSERT_TURN = sa.text(
    """
    WITH opened AS (
        INSERT INTO runs (owner, kind, conversation_id, question_id, answer_id, model, settings,
            status, fence, attempts, worker_id, claimed_at, cancel_requested, paused, created_at,
            user_id, key_id)
        SELECT owner, :kind, id, coalesce(:answered_id, nextval('messages_id_seq')), nextval('messages_id_seq'),
            :model, :settings, :status, 1, :attempts, :worker_id, now(), false, false, :asked_at,
            :user_id, :key_id FROM conversations
        WHERE id = :conversation_id AND owner = :owner AND (:status = 'queued' OR NOT EXISTS (
            SELECT 1 FROM runs WHERE conversation_id = :conversation_id AND status IN ('queued', 'running', 'waiting')))
        FOR NO KEY UPDATE
        ON CONFLICT (conversation_id) WHERE status IN ('running', 'waiting') DO NOTHING
        RETURNING id AS run_id, question_id, answer_id
    ), said AS (
        INSERT INTO messages (id, parent_id, role, content, parts, status, run_id, conversation_id, created_at)
        SELECT question_id, :parent_id, :role, :content, :parts, 'completed', NULL,
            :conversation_id, :asked_at FROM opened WHERE :answered_id IS NULL
        UNION ALL
        SELECT answer_id, question_id, 'assistant', '', '[]', 'in_progress', run_id,
            :conversation_id, :asked_at FROM opened
    ), moved AS (
        UPDATE conversations SET head_id = answer_id, updated_at = :asked_at FROM opened WHERE id = :conversation_id
    )
    SELECT run_id, question_id, answer_id FROM opened
    """
).bindparams(
    sa.bindparam("owner", type_=Words),
    sa.bindparam("kind", type_=Words),
    sa.bindparam("conversation_id", type_=Id),
    sa.bindparam("parent_id", type_=Id),
    sa.bindparam("answered_id", type_=Id),
    sa.bindparam("role", type_=Words),
    sa.bindparam("content", type_=Words),
    sa.bindparam("parts", type_=Words),
    sa.bindparam("model", type_=Words),
    sa.bindparam("settings", type_=Words),
    sa.bindparam("status", type_=Words),
    sa.bindparam("attempts", type_=sa.Integer),
    sa.bindparam("worker_id", type_=Words),
    sa.bindparam("asked_at", type_=UtcDateTime),
    sa.bindparam("user_id", type_=Id),
    sa.bindparam("key_id", type_=Id),
)
MESSAGE_IDS = sa.text("SELECT nextval('messages_id_seq') FROM generate_series(1, :count)").bindparams(
    sa.bindparam("count", type_=sa.Integer)
)
# A lock in memory, gone with the transaction.
HOLD_KEY = sa.text("SELECT pg_advisory_xact_lock(hashtext(:owner), hashtext(:key))").bindparams(
    sa.bindparam("owner", type_=Words), sa.bindparam("key", type_=Words)
)

BEAT = """
WITH beaten AS (
    INSERT INTO workers (id, heartbeat_at) VALUES ($1, now())
    ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at
), forgotten AS (
    DELETE FROM workers WHERE heartbeat_at < now() - interval '1 hour' AND id <> $1
)
SELECT id FROM runs
WHERE worker_id = $1 AND cancel_requested AND status = 'running' AND status IN ('queued', 'running', 'waiting')
"""


def message_ids(connection: sa.Connection, count: int) -> list[int]:
    return list(connection.execute(MESSAGE_IDS, {"count": count}).scalars())


def insert_turn(connection: sa.Connection, turn: dict[str, Any]) -> sa.Row[Any] | None:
    """As Session.insert_turn: one statement, and two more when the input has several messages."""
    if not turn["earlier"]:
        return connection.execute(INSERT_TURN, turn).one_or_none()
    ids = message_ids(connection, len(turn["earlier"]))
    opened = connection.execute(INSERT_TURN, turn | {"parent_id": ids[-1]}).one_or_none()
    if opened:
        where = {"below": turn["parent_id"], "conversation_id": turn["conversation_id"], "at": turn["asked_at"]}
        connection.execute(sa.insert(messages), chained(turn["earlier"], ids, **where))
    return opened
