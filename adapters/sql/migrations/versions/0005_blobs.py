"""The bytes of documents in any store, and their ledger; all that a reading says; what is not ready is found fast."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0008"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNREADY = sa.text("status <> 'ready'")
UNUSED = sa.text("document_id IS NULL")


def upgrade() -> None:
    create_blobs()
    op.create_table(
        "document_outlines",
        sa.Column(
            "document_id",
            Id,
            sa.ForeignKey("documents.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("outline", sa.Text(), nullable=False),
    )
    op.create_index("documents_unready", "documents", ["owner", "id"], sqlite_where=UNREADY, postgresql_where=UNREADY)
    op.execute(
        "INSERT INTO blobs (id, owner, document_id, expected_at, to_erase) "
        "SELECT 'document-' || CAST(id AS TEXT), owner, id, created_at, FALSE FROM documents"
    )
    op.execute(
        "INSERT INTO blob_parts (blob_id, part, data) "
        "SELECT 'document-' || CAST(document_id AS TEXT), part, data FROM document_bytes"
    )
    op.execute(
        "INSERT INTO blob_parts (blob_id, part, data) "
        "SELECT blob_id, max(part) + 1, '' FROM blob_parts GROUP BY blob_id"
    )
    op.drop_table("document_bytes")


def downgrade() -> None:
    op.create_table(
        "document_bytes",
        sa.Column("document_id", Id, sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.execute(
        "INSERT INTO document_bytes (document_id, part, data) SELECT blobs.document_id, part, data "
        "FROM blob_parts JOIN blobs ON blobs.id = blob_parts.blob_id WHERE blobs.document_id IS NOT NULL"
    )
    op.drop_index("documents_unready", "documents")
    for table in ("document_outlines", "blob_parts", "blobs"):
        op.drop_table(table)


def create_blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("document_id", Id, sa.ForeignKey("documents.id", ondelete="SET NULL")),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_erase", sa.Boolean(), nullable=False),
    )
    op.create_index("blobs_document", "blobs", ["document_id"], unique=True)
    op.create_index("blobs_unused", "blobs", ["expected_at"], sqlite_where=UNUSED, postgresql_where=UNUSED)
    op.create_table(
        "blob_parts",
        sa.Column("blob_id", sa.Text(), sa.ForeignKey("blobs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
