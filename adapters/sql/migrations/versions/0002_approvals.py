"""Approvals: questions to people about calls of tools."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("run_id", Id, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_at", Moment, nullable=False),
        sa.Column("expires_at", Moment),
        sa.Column("decided_at", Moment),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_arguments", sa.Text()),
        sa.Column("comment", sa.Text()),
        sa.Column("notice_tries", sa.Integer(), nullable=False),
        sa.Column("notice_at", Moment),
        sqlite_autoincrement=True,
    )
    op.create_index("approvals_owner", "approvals", ["owner", "id"])
    op.create_index("approvals_run", "approvals", ["run_id"])
    for name, column in (("approvals_pending", "expires_at"), ("approvals_untold", "notice_at")):
        op.create_index(name, "approvals", [column], sqlite_where=PENDING, postgresql_where=PENDING)


def downgrade() -> None:
    op.drop_table("approvals")
