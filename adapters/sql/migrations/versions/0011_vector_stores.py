"""Vector stores: named sets of documents, with attributes, and the batches in which files were added."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0006"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "vector_stores",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("expires_after_days", sa.Integer()),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("last_active_at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("vector_stores_owner", "vector_stores", ["owner", "id"])
    op.create_table(
        "vector_store_batches",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("store_id", Id, sa.ForeignKey("vector_stores.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("vector_store_batches_store", "vector_store_batches", ["store_id"])
    op.create_table(
        "vector_store_files",
        sa.Column(
            "store_id", Id, sa.ForeignKey("vector_stores.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        sa.Column(
            "document_id", Id, sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        sa.Column("batch_id", Id, sa.ForeignKey("vector_store_batches.id", ondelete="SET NULL")),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("added_at", Moment, nullable=False),
    )
    op.create_index("vector_store_files_document", "vector_store_files", ["document_id"])
    op.create_index("vector_store_files_batch", "vector_store_files", ["batch_id"])


def downgrade() -> None:
    for table in ("vector_store_files", "vector_store_batches", "vector_stores"):
        op.drop_table(table)
