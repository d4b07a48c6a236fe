"""The schema of vector stores; part of the one in `tables.py`."""

import sqlalchemy as sa

from adapters.sql.columns import Id, UtcDateTime, Words
from adapters.sql.knowledge_tables import documents
from adapters.sql.tables import metadata

vector_stores = sa.Table(
    "vector_stores",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("owner", Words, nullable=False),
    sa.Column("name", Words, nullable=False),
    sa.Column("metadata", Words, nullable=False),
    sa.Column("expires_after_days", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_active_at", UtcDateTime, nullable=False),
    sa.Index("vector_stores_owner", "owner", "id"),
    sqlite_autoincrement=True,
)

vector_store_batches = sa.Table(
    "vector_store_batches",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("store_id", sa.ForeignKey(vector_stores.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("cancelled", sa.Boolean, nullable=False),
    sa.Index("vector_store_batches_store", "store_id"),
    sqlite_autoincrement=True,
)

# Goes with either of the two: a document that is deleted is in no store.
vector_store_files = sa.Table(
    "vector_store_files",
    metadata,
    sa.Column("store_id", sa.ForeignKey(vector_stores.c.id, ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("document_id", sa.ForeignKey(documents.c.id, ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("batch_id", sa.ForeignKey(vector_store_batches.c.id, ondelete="SET NULL")),
    sa.Column("attributes", Words, nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Index("vector_store_files_document", "document_id"),
    sa.Index("vector_store_files_batch", "batch_id"),
)
