"""What limits count by, who holds what of it, and the limits that users and keys have of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0004"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "limit_counts",
        sa.Column("counter", sa.Text(), primary_key=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("until", Moment),
    )
    op.create_index("limit_counts_until", "limit_counts", ["until"])
    op.create_table(
        "held_limits",
        sa.Column("counter", sa.Text(), primary_key=True),
        sa.Column("holder", sa.Text(), primary_key=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("until", Moment, nullable=False),
    )
    op.create_index("held_limits_until", "held_limits", ["until"])
    op.create_table(
        "own_limits",
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("user_id", Id, sa.ForeignKey("users.id", ondelete="CASCADE")),
        sa.Column("key_id", Id, sa.ForeignKey("api_keys.id", ondelete="CASCADE")),
        sa.Column("limits", sa.Text(), nullable=False),
    )
    op.create_index("own_limits_user", "own_limits", ["user_id"])
    op.create_index("own_limits_key", "own_limits", ["key_id"])


def downgrade() -> None:
    for table in ("own_limits", "held_limits", "limit_counts"):
        op.drop_table(table)
