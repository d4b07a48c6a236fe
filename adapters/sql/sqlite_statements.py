"""The statements that are SQLite's own. They run inside BEGIN IMMEDIATE, so nobody else writes meanwhile."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.codec import events_to_json
from adapters.sql.columns import Id, UtcDateTime, Words
from adapters.sql.messages import chained
from adapters.sql.run_log import calls_to_rows, ending_to_row
from adapters.sql.sqlite_connections import driver_of
from adapters.sql.tables import conversations, messages, runs, usage
from application.ports.run_log import LogEntry
from domain.run import RunId, WorkerId

INSERT_RUN = sa.text(
    """
    INSERT INTO runs (owner, kind, conversation_id, question_id, answer_id, model, settings,
        status, fence, attempts, worker_id, claimed_at, cancel_requested, paused, created_at, user_id, key_id)
    SELECT owner, :kind, id, coalesce(:answered_id, newest + :count), newest + :count + 1,
        :model, :settings, :status, 1, :attempts, :worker_id, strftime('%Y-%m-%d %H:%M:%f999', 'now'), false,
        false, :asked_at, :user_id, :key_id
    FROM conversations, (SELECT coalesce(max(seq), 0) AS newest FROM sqlite_sequence WHERE name = 'messages')
    WHERE id = :conversation_id AND owner = :owner AND (:status = 'queued' OR NOT EXISTS (
        SELECT 1 FROM runs WHERE conversation_id = :conversation_id AND status IN ('queued', 'running', 'waiting')))
    ON CONFLICT (conversation_id) WHERE status IN ('running', 'waiting') DO NOTHING
    RETURNING id AS run_id, question_id, answer_id
    """
).bindparams(
    sa.bindparam("owner", type_=Words),
    sa.bindparam("kind", type_=Words),
    sa.bindparam("conversation_id", type_=Id),
    sa.bindparam("answered_id", type_=Id),
    sa.bindparam("count", type_=sa.Integer),
    sa.bindparam("model", type_=Words),
    sa.bindparam("settings", type_=Words),
    sa.bindparam("status", type_=Words),
    sa.bindparam("attempts", type_=sa.Integer),
    sa.bindparam("worker_id", type_=Words),
    sa.bindparam("asked_at", type_=UtcDateTime),
    sa.bindparam("user_id", type_=Id),
    sa.bindparam("key_id", type_=Id),
)
BEAT = """
    INSERT INTO workers (id, heartbeat_at) VALUES (?1, strftime('%Y-%m-%d %H:%M:%f999', 'now'))
    ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at
"""
FORGET_WORKERS = "DELETE FROM workers WHERE heartbeat_at < strftime('%Y-%m-%d %H:%M:%f999', 'now', '-1 hour')"
TO_CANCEL = """
    SELECT id FROM runs
    WHERE worker_id = ?1 AND cancel_requested AND status = 'running' AND status IN ('queued', 'running', 'waiting')
"""
NEWEST_MESSAGE = sa.text("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'messages'")
INSERT_MESSAGES = sa.insert(messages)
MOVE_HEAD = sa.update(conversations).where(conversations.c.id == sa.bindparam("which"))

# Once for each entry, through the driver: SQLAlchemy's part would cost several times SQLite's.
INSERT_EVENTS = """
    INSERT INTO run_events (run_id, first, last, events) SELECT id, ?2, ?3, ?4 FROM runs
    WHERE id = ?1 AND fence = ?5 AND status IN ('queued', 'running', 'waiting')
        AND ?2 = 1 + coalesce((SELECT last FROM run_events WHERE run_id = ?1 ORDER BY first DESC LIMIT 1), 0)
"""
END_RUN = (
    sa.update(runs)
    .where(runs.c.id == sa.bindparam("run"))
    .values(
        status=sa.bindparam("outcome"),
        finished_at=sa.bindparam("at"),
        finish_reason=sa.bindparam("reason"),
        problem_code=sa.bindparam("code"),
        problem_message=sa.bindparam("message"),
        answered_by=sa.bindparam("by"),
        dropped=sa.bindparam("left_out"),
        usage=sa.bindparam("total"),
    )
)
SEAL_ANSWER = (
    sa.update(messages)
    .where(messages.c.id == sa.bindparam("answer"))
    .values(content=sa.bindparam("words"), parts=sa.bindparam("all_parts"), status=sa.bindparam("outcome"))
)
KEEP_CALLS = sa.insert(usage).values(run_id=sa.bindparam("run"))


def message_ids(connection: sa.Connection, count: int) -> list[int]:
    """As Session.message_ids: they stay fresh while this transaction has the turn to write."""
    newest = connection.execute(NEWEST_MESSAGE).scalar_one()
    return list(range(newest + 1, newest + 1 + count))


def insert_turn(connection: sa.Connection, turn: dict[str, Any]) -> sa.Row[Any] | None:
    """As Session.insert_turn."""
    question = {name: turn[name] for name in ("role", "content", "parts")}
    input = [] if turn["answered_id"] else [*turn["earlier"], question]
    opened = connection.execute(INSERT_RUN, turn | {"count": len(input)}).one_or_none()
    if opened is None:
        return None
    conversation_id, at = turn["conversation_id"], turn["asked_at"]
    ids = range(opened.answer_id - len(input), opened.answer_id)
    answer = {
        "id": opened.answer_id,
        "conversation_id": conversation_id,
        "parent_id": opened.question_id,
        "role": "assistant",
        "content": "",
        "parts": "[]",
        "status": "in_progress",
        "run_id": opened.run_id,
        "created_at": at,
    }
    asked = chained(input, ids, below=turn["parent_id"], conversation_id=conversation_id, at=at)
    connection.execute(INSERT_MESSAGES, [*asked, answer])
    connection.execute(MOVE_HEAD, {"which": conversation_id, "head_id": opened.answer_id, "updated_at": at})
    return opened


def beat(connection: sa.Connection, worker: WorkerId) -> list[RunId]:
    """As Backend.beat, without the commit."""
    execute = driver_of(connection).execute
    execute(BEAT, (worker,))
    execute(FORGET_WORKERS)
    return [row[0] for row in execute(TO_CANCEL, (worker,))]


def append(connection: sa.Connection, entries: Sequence[LogEntry]) -> set[RunId]:
    """As Backend.append, without the commit."""
    execute = driver_of(connection).execute
    accepted = [entry for entry in entries if execute(INSERT_EVENTS, _events_row(entry)).rowcount]
    if endings := [ending_to_row(entry.run, entry.ending) for entry in accepted if entry.ending]:
        connection.execute(END_RUN, endings)
        connection.execute(SEAL_ANSWER, endings)
    if calls := calls_to_rows(accepted):
        connection.execute(KEEP_CALLS, calls)
    return {entry.run.id for entry in accepted}


def _events_row(entry: LogEntry) -> tuple[object, ...]:
    return entry.run.id, entry.first, entry.last, events_to_json(entry.events), entry.run.fence
