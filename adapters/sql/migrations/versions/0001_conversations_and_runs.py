"""Conversations, messages, runs with their events and workers, idempotency keys, and the usage ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
ANSWERING = sa.text("status IN ('running', 'waiting')")
ACTIVE = sa.text("status IN ('queued', 'running', 'waiting')")
NAMED = sa.text("alias IS NOT NULL")
REMEMBERED = sa.text("finished_at IS NOT NULL AND last_event IS NULL")


def upgrade() -> None:
    create_conversations()
    create_messages()
    create_runs()
    create_run_events()
    create_workers()
    create_idempotency_keys()
    create_usage()


def downgrade() -> None:
    for table in ("usage", "idempotency_keys", "workers", "run_events", "runs", "messages", "conversations"):
        op.drop_table(table)


def create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_label", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("head_id", Id),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("alias", sa.Text()),
        sa.Column("metadata", sa.Text()),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("conversations_owner", "conversations", ["owner", "kind", "id"])
    op.create_index("conversations_label", "conversations", ["owner", "user_label", "id"])
    op.create_index(
        "conversations_alias",
        "conversations",
        ["owner", "alias"],
        unique=True,
        sqlite_where=NAMED,
        postgresql_where=NAMED,
    )


def create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("conversation_id", Id, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("parent_id", Id),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("run_id", Id),
        sa.Column("created_at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("messages_conversation", "messages", ["conversation_id", "id"])


def create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("conversation_id", Id, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("question_id", Id, nullable=False),
        sa.Column("answer_id", Id, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Text()),
        sa.Column("claimed_at", Moment, nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("finished_at", Moment),
        sa.Column("finish_reason", sa.Text()),
        sa.Column("problem_code", sa.Text()),
        sa.Column("problem_message", sa.Text()),
        sa.Column("answered_by", sa.Text()),
        sa.Column("dropped", sa.Text()),
        sa.Column("last_event", sa.Integer()),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_conversation", "runs", ["conversation_id"])
    op.create_index(
        "runs_one_active",
        "runs",
        ["conversation_id"],
        unique=True,
        sqlite_where=ANSWERING,
        postgresql_where=ANSWERING,
    )
    op.create_index("runs_active", "runs", ["conversation_id"], sqlite_where=ACTIVE, postgresql_where=ACTIVE)
    op.create_index("runs_remembered", "runs", ["finished_at"], sqlite_where=REMEMBERED, postgresql_where=REMEMBERED)


def create_run_events() -> None:
    op.create_table(
        "run_events",
        sa.Column("run_id", Id, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("first", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )


def create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("heartbeat_at", Moment, nullable=False),
    )


def create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("run_id", Id, sa.ForeignKey("runs.id", ondelete="CASCADE")),
        sa.Column("conversation_id", Id, sa.ForeignKey("conversations.id", ondelete="CASCADE")),
        sa.Column("worker_id", sa.Text()),
        sa.Column("status", sa.Integer()),
        sa.Column("media_type", sa.Text()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_index("idempotency_keys_run", "idempotency_keys", ["run_id"])
    op.create_index("idempotency_keys_conversation", "idempotency_keys", ["conversation_id"])
    op.create_index("idempotency_keys_age", "idempotency_keys", ["created_at"])


def create_usage() -> None:
    op.create_table(
        "usage",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("run_id", Id, sa.ForeignKey("runs.id", ondelete="SET NULL")),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cache_write_tokens", sa.BigInteger(), nullable=False),
        sa.Column("reasoning_tokens", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("usage_run", "usage", ["run_id"])
