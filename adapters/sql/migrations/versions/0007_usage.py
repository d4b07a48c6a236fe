"""Who asked and for what, in runs and in the ledger; what each call cost; a run's own sum beside the run."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0009"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITH_KEY = sa.text("key_id IS NOT NULL")
COUNTS = ("input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens")


def on_runs() -> list[sa.Column[Any]]:
    return [sa.Column("user_id", Id), sa.Column("key_id", Id), sa.Column("usage", sa.Text())]


def on_usage() -> list[sa.Column[Any]]:
    return [
        sa.Column("user_id", Id),
        sa.Column("key_id", Id),
        sa.Column("asked", sa.Text(), server_default="", nullable=False),
        sa.Column("purpose", sa.Text(), server_default="reply", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="completed", nullable=False),
        sa.Column("estimated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("cost_nanos", sa.BigInteger()),
        sa.Column("currency", sa.Text()),
        sa.Column("price_version", sa.Text()),
    ]


def upgrade() -> None:
    for table, columns in (("runs", on_runs()), ("usage", on_usage())):
        for column in columns:
            op.add_column(table, column)
    keep_sums()
    op.execute("UPDATE usage SET asked = model")
    op.create_index("usage_at", "usage", ["created_at"])
    op.create_index("usage_owner", "usage", ["owner", "created_at"])
    op.create_index("usage_key", "usage", ["key_id", "created_at"], sqlite_where=WITH_KEY, postgresql_where=WITH_KEY)


def downgrade() -> None:
    for index in ("usage_key", "usage_owner", "usage_at"):
        op.drop_index(index, "usage")
    for table, columns in (("runs", on_runs()), ("usage", on_usage())):
        for column in columns:
            op.drop_column(table, column.name)


def keep_sums() -> None:
    """Until now a run had one line at most, which was its sum."""
    on_sqlite = op.get_context().dialect.name == "sqlite"
    object_of, as_json = ("json_object", "json(raw)") if on_sqlite else ("json_build_object", "raw::json")
    members = ", ".join(f"'{name}', {name}" for name in COUNTS)
    made = f"{object_of}({members}, 'raw', {as_json})"  # names of our own
    text = made if on_sqlite else f"({made})::text"
    op.execute(f"UPDATE runs SET usage = (SELECT {text} FROM usage WHERE usage.run_id = runs.id)")  # noqa: S608
