"""The schema of users, logins, keys, invitations and the audit log; part of the one in `tables.py`."""

import sqlalchemy as sa

from adapters.sql.columns import Id, UtcDateTime, Words
from adapters.sql.tables import metadata

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("name", Words, nullable=False),
    sa.Column("password_hash", Words, nullable=False),
    sa.Column("is_admin", sa.Boolean, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("users_name", "name", unique=True),
    sqlite_autoincrement=True,
)

logins = sa.Table(
    "logins",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("refresh_hash", Words, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("rotated_at", UtcDateTime),
    sa.Index("logins_user", "user_id", "created_at"),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("issuer", Words, primary_key=True),
    sa.Column("subject", Words, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("identities_user", "user_id"),
)

signing_secret = sa.Table(
    "signing_secret",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fingerprint", Words, nullable=False),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("owner", Words, nullable=False),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE")),
    sa.Column("name", Words, nullable=False),
    sa.Column("prefix", Words, nullable=False),
    sa.Column("secret_hash", Words, nullable=False),
    sa.Column("scopes", Words, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("revoked_at", UtcDateTime),
    sa.Index("api_keys_secret", "secret_hash", unique=True),
    sa.Index("api_keys_owner", "owner", "id"),
    sa.Index("api_keys_user", "user_id"),
    sqlite_autoincrement=True,
)

invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("code_hash", Words, nullable=False),
    sa.Column("makes_admin", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_by", sa.ForeignKey("users.id", ondelete="CASCADE")),
    sa.Index("invitations_code", "code_hash", unique=True),
    sa.Index("invitations_user", "used_by"),
    sqlite_autoincrement=True,
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", Words, nullable=False),
    sa.Column("by_owner", Words),
    sa.Column("action", Words, nullable=False),
    sa.Column("target", Words, nullable=False),
    sa.Column("address", Words, nullable=False),
    sa.Column("outcome", Words, nullable=False),
    sa.Index("audit_log_at", "at"),
    sa.Index("audit_log_owner", "by_owner", "id"),
    sqlite_autoincrement=True,
)
