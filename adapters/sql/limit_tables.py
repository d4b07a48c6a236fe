"""The schema of limits: what they count by, and those of users and keys; part of the one in `tables.py`.

`held_limits` says who holds how much of a counter without a window; its `until` is far off while the holder lives.
"""

import sqlalchemy as sa

from adapters.sql.columns import UtcDateTime, Words
from adapters.sql.tables import metadata

limit_counts = sa.Table(
    "limit_counts",
    metadata,
    sa.Column("counter", Words, primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("granted", sa.BigInteger, nullable=False),
    sa.Column("until", UtcDateTime),
    sa.Index("limit_counts_until", "until"),
)

held_limits = sa.Table(
    "held_limits",
    metadata,
    sa.Column("counter", Words, primary_key=True),
    sa.Column("holder", Words, primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Index("held_limits_until", "until"),
)

own_limits = sa.Table(
    "own_limits",
    metadata,
    sa.Column("subject", Words, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE")),
    sa.Column("key_id", sa.ForeignKey("api_keys.id", ondelete="CASCADE")),
    sa.Column("limits", Words, nullable=False),
    sa.Index("own_limits_user", "user_id"),
    sa.Index("own_limits_key", "key_id"),
)
