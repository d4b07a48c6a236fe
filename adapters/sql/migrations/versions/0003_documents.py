"""Documents, their chunks, and the words and vectors that these are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
CURRENT = sa.text("is_current")
PGVECTOR_GENERATIONS = sa.text("SELECT id FROM generations WHERE store = 'pgvector'")


def upgrade() -> None:
    create_documents()
    create_parts_of_documents()
    create_chunks()
    create_postings()
    create_vectors()


def downgrade() -> None:
    for id in op.get_bind().execute(PGVECTOR_GENERATIONS).scalars().all():
        op.drop_table(f"vectors_{id}")
    for table in (
        "vectors",
        "generations",
        "document_terms",
        "postings",
        "chunks",
        "search_indexes",
        "document_texts",
        "document_bytes",
        "documents",
    ):
        op.drop_table(table)


def create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text()),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("problem_code", sa.Text()),
        sa.Column("problem_message", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run_id", Id, sa.ForeignKey("runs.id", ondelete="SET NULL")),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("indexed", sa.Integer(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("documents_digest", "documents", ["owner", "digest"], unique=True)
    op.create_index("documents_owner", "documents", ["owner", "id"])
    op.create_index("documents_language", "documents", ["owner", "language"])
    op.create_index("documents_run", "documents", ["run_id"])


def create_parts_of_documents() -> None:
    op.create_table(
        "document_bytes",
        sa.Column("document_id", Id, sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "document_texts",
        sa.Column(
            "document_id",
            Id,
            sa.ForeignKey("documents.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pages", sa.Text(), nullable=False),
    )


def create_chunks() -> None:
    op.create_table(
        "search_indexes",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False, unique=True),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("chunks", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chunks",
        of_index(),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("document_id", Id, sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("heading_path", sa.Text(), nullable=False),
        sa.Column("first_page", sa.Integer()),
        sa.Column("last_page", sa.Integer()),
    )
    op.create_index("chunks_document", "chunks", ["document_id", "number"])


def create_postings() -> None:
    op.create_table(
        "postings",
        of_index(),
        sa.Column("term", sa.Text(), primary_key=True),
        sa.Column("first", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("positions", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "document_terms",
        sa.Column("document_id", Id, sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("first", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
    )


def create_vectors() -> None:
    op.create_table(
        "generations",
        sa.Column("id", Id, sa.Identity(), primary_key=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("generations_model", "generations", ["model", "dimensions"], unique=True)
    op.create_index(
        "generations_current",
        "generations",
        ["is_current"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_table(
        "vectors",
        sa.Column("index_id", Id, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column(
            "generation_id",
            Id,
            sa.ForeignKey("generations.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["index_id", "number"], ["chunks.index_id", "chunks.number"], ondelete="CASCADE"),
    )
    op.create_index("vectors_generation", "vectors", ["generation_id"])


def of_index() -> sa.Column[int]:
    return sa.Column(
        "index_id", Id, sa.ForeignKey("search_indexes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
