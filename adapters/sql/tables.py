"""The schema. Change it together with a new revision in `migrations/versions`; a test holds the two equal."""

import sqlalchemy as sa

from adapters.sql.columns import Id, UtcDateTime, Words

metadata = sa.MetaData()

# Written out, not bound: a partial index serves a query only if the query repeats its condition word for word.
ANSWERING = sa.text("status IN ('running', 'waiting')")
ACTIVE = sa.text("status IN ('queued', 'running', 'waiting')")
NAMED = sa.text("alias IS NOT NULL")
PENDING = sa.text("status = 'pending'")
WITH_KEY = sa.text("key_id IS NOT NULL")
REMEMBERED = sa.text("finished_at IS NOT NULL AND last_event IS NULL")


def _id() -> sa.Column[int]:
    """Given by the database, rising, never used again."""
    return sa.Column("id", Id, sa.Identity(), primary_key=True)


conversations = sa.Table(
    "conversations",
    metadata,
    _id(),
    sa.Column("owner", Words, nullable=False),
    sa.Column("kind", Words, nullable=False),
    sa.Column("user_label", Words),
    sa.Column("title", Words, nullable=False),
    sa.Column("head_id", Id),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("archived", sa.Boolean, nullable=False),
    sa.Column("alias", Words),
    sa.Column("metadata", Words),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("conversations_owner", "owner", "kind", "id"),
    sa.Index("conversations_label", "owner", "user_label", "id"),
    sa.Index("conversations_alias", "owner", "alias", unique=True, sqlite_where=NAMED, postgresql_where=NAMED),
    sqlite_autoincrement=True,
)

messages = sa.Table(
    "messages",
    metadata,
    _id(),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("parent_id", Id),
    sa.Column("role", Words, nullable=False),
    sa.Column("content", Words, nullable=False),
    sa.Column("parts", Words),
    sa.Column("status", Words, nullable=False),
    sa.Column("run_id", Id),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("messages_conversation", "conversation_id", "id"),
    sqlite_autoincrement=True,
)

runs = sa.Table(
    "runs",
    metadata,
    _id(),
    sa.Column("owner", Words, nullable=False),
    sa.Column("kind", Words, nullable=False),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("question_id", Id, nullable=False),
    sa.Column("answer_id", Id, nullable=False),
    sa.Column("model", Words, nullable=False),
    sa.Column("settings", Words),
    sa.Column("status", Words, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("worker_id", Words),
    sa.Column("claimed_at", UtcDateTime, nullable=False),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("finish_reason", Words),
    sa.Column("problem_code", Words),
    sa.Column("problem_message", Words),
    sa.Column("answered_by", Words),
    sa.Column("dropped", Words),
    sa.Column("last_event", sa.Integer),  # once the events themselves are forgotten
    sa.Column("user_id", Id),
    sa.Column("key_id", Id),
    sa.Column("usage", Words),
    sa.Index("runs_conversation", "conversation_id"),
    # Of any number of simultaneous questions, on any number of replicas, this lets one through.
    sa.Index("runs_one_active", "conversation_id", unique=True, sqlite_where=ANSWERING, postgresql_where=ANSWERING),
    sa.Index("runs_active", "conversation_id", sqlite_where=ACTIVE, postgresql_where=ACTIVE),
    sa.Index("runs_remembered", "finished_at", sqlite_where=REMEMBERED, postgresql_where=REMEMBERED),
    sqlite_autoincrement=True,
)

approvals = sa.Table(
    "approvals",
    metadata,
    _id(),
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("owner", Words, nullable=False),
    sa.Column("call_id", Words, nullable=False),
    sa.Column("tool", Words, nullable=False),
    sa.Column("arguments", Words, nullable=False),
    sa.Column("fingerprint", Words, nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.Column("status", Words, nullable=False),
    sa.Column("requested_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", Words),
    sa.Column("decided_arguments", Words),
    sa.Column("comment", Words),
    sa.Column("notice_tries", sa.Integer, nullable=False),
    sa.Column("notice_at", UtcDateTime),
    sa.Index("approvals_owner", "owner", "id"),
    sa.Index("approvals_run", "run_id"),
    sa.Index("approvals_pending", "expires_at", sqlite_where=PENDING, postgresql_where=PENDING),
    sa.Index("approvals_untold", "notice_at", sqlite_where=PENDING, postgresql_where=PENDING),
    sqlite_autoincrement=True,
)

run_events = sa.Table(
    "run_events",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("first", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False),
    sa.Column("events", Words, nullable=False),
    sqlite_with_rowid=False,
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("heartbeat_at", UtcDateTime, nullable=False),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("owner", Words, primary_key=True),
    sa.Column("key", Words, primary_key=True),
    sa.Column("fingerprint", Words, nullable=False),
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="CASCADE")),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE")),
    sa.Column("worker_id", Words),
    sa.Column("status", sa.Integer),
    sa.Column("media_type", Words),
    sa.Column("body", sa.LargeBinary),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("idempotency_keys_run", "run_id"),
    sa.Index("idempotency_keys_conversation", "conversation_id"),
    sa.Index("idempotency_keys_age", "created_at"),
)

usage = sa.Table(
    "usage",
    metadata,
    _id(),
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="SET NULL")),
    sa.Column("owner", Words, nullable=False),
    sa.Column("model", Words, nullable=False),
    sa.Column("input_tokens", sa.BigInteger, nullable=False),
    sa.Column("output_tokens", sa.BigInteger, nullable=False),
    sa.Column("cached_tokens", sa.BigInteger, nullable=False),
    sa.Column("cache_write_tokens", sa.BigInteger, nullable=False),
    sa.Column("reasoning_tokens", sa.BigInteger, nullable=False),
    sa.Column("raw", Words, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("user_id", Id),
    sa.Column("key_id", Id),
    sa.Column("asked", Words, server_default="", nullable=False),
    sa.Column("purpose", Words, server_default="reply", nullable=False),
    sa.Column("outcome", Words, server_default="completed", nullable=False),
    sa.Column("estimated", sa.Boolean, server_default=sa.false(), nullable=False),
    sa.Column("cost_nanos", sa.BigInteger),
    sa.Column("currency", Words),
    sa.Column("price_version", Words),
    sa.Index("usage_run", "run_id"),
    sa.Index("usage_at", "created_at"),
    sa.Index("usage_owner", "owner", "created_at"),
    sa.Index("usage_key", "key_id", "created_at", sqlite_where=WITH_KEY, postgresql_where=WITH_KEY),
    sqlite_autoincrement=True,
)
