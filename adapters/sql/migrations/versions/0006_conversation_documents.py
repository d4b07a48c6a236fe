"""The documents that a conversation's answers rest on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0007"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "conversation_documents",
        sa.Column(
            "conversation_id", Id, sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True,
            autoincrement=False,
        ),
        sa.Column(
            "document_id", Id, sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
    )  # fmt: skip
    op.create_index("conversation_documents_document", "conversation_documents", ["document_id"])


def downgrade() -> None:
    op.drop_table("conversation_documents")
