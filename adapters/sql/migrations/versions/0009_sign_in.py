"""Who somebody is at an OpenID Connect provider, when a login was last refreshed, and which secret signs tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("logins", sa.Column("rotated_at", Moment))
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("user_id", Id, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_index("identities_user", "identities", ["user_id"])
    op.create_table(
        "signing_secret",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("signing_secret")
    op.drop_table("identities")
    op.drop_column("logins", "rotated_at")
