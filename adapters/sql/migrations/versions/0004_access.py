"""Users, their logins, API keys, invitations and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_users()
    create_keys()
    create_audit_log()


def downgrade() -> None:
    for table in ("audit_log", "invitations", "api_keys", "logins", "users"):
        op.drop_table(table)


def create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("users_name", "users", ["name"], unique=True)
    op.create_table(
        "logins",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("user_id", Id, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("refresh_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
    )
    op.create_index("logins_user", "logins", ["user_id", "created_at"])


def create_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("user_id", Id, sa.ForeignKey("users.id", ondelete="CASCADE")),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment),
        sa.Column("revoked_at", Moment),
        sqlite_autoincrement=True,
    )
    op.create_index("api_keys_secret", "api_keys", ["secret_hash"], unique=True)
    op.create_index("api_keys_owner", "api_keys", ["owner", "id"])
    op.create_index("api_keys_user", "api_keys", ["user_id"])
    op.create_table(
        "invitations",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("makes_admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.Column("used_by", Id, sa.ForeignKey("users.id", ondelete="CASCADE")),
        sqlite_autoincrement=True,
    )
    op.create_index("invitations_code", "invitations", ["code_hash"], unique=True)
    op.create_index("invitations_user", "invitations", ["used_by"])


def create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("by_owner", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_log_at", "audit_log", ["at"])
    op.create_index("audit_log_owner", "audit_log", ["by_owner", "id"])
