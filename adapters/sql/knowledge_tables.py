"""The schema of documents and of what they are found by; part of the one in `tables.py`."""

import sqlalchemy as sa

from adapters.sql.columns import Id, UtcDateTime, Words
from adapters.sql.tables import metadata

CURRENT = sa.text("is_current")
UNREADY = sa.text("status <> 'ready'")
UNUSED = sa.text("document_id IS NULL")


def _of_index() -> sa.Column[int]:
    return sa.Column(
        "index_id", sa.ForeignKey("search_indexes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("owner", Words, nullable=False),
    sa.Column("digest", Words, nullable=False),
    sa.Column("filename", Words, nullable=False),
    sa.Column("media_type", Words),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("status", Words, nullable=False),
    sa.Column("problem_code", Words),
    sa.Column("problem_message", Words),
    sa.Column("title", Words, nullable=False),
    sa.Column("language", Words, nullable=False),
    sa.Column("strategy", Words, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("run_id", sa.ForeignKey("runs.id", ondelete="SET NULL")),
    # Its chunks have the numbers from `first` on, of which those of `indexed` are given.
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("chunks", sa.Integer, nullable=False),
    sa.Column("indexed", sa.Integer, nullable=False),
    sa.Column("words", sa.BigInteger, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    # The same bytes again are the same document, whoever is first.
    sa.Index("documents_digest", "owner", "digest", unique=True),
    sa.Index("documents_owner", "owner", "id"),
    sa.Index("documents_language", "owner", "language"),
    sa.Index("documents_run", "run_id"),
    # Few at any time: what no search may find.
    sa.Index("documents_unready", "owner", "id", sqlite_where=UNREADY, postgresql_where=UNREADY),
    sqlite_autoincrement=True,
)

# The ledger of all bytes of uploads, wherever they are. One without a document is expected, or to be erased.
blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("owner", Words, nullable=False),
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="SET NULL")),
    sa.Column("expected_at", UtcDateTime, nullable=False),
    sa.Column("to_erase", sa.Boolean, nullable=False),
    sa.Index("blobs_document", "document_id", unique=True),
    sa.Index("blobs_unused", "expected_at", sqlite_where=UNUSED, postgresql_where=UNUSED),
)

# Those that are in this database.
blob_parts = sa.Table(
    "blob_parts",
    metadata,
    sa.Column("blob_id", sa.ForeignKey("blobs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

# Goes with either of the two: a document that is deleted is attached to nothing.
conversation_documents = sa.Table(
    "conversation_documents",
    metadata,
    sa.Column(
        "conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Index("conversation_documents_document", "document_id"),
)

document_texts = sa.Table(
    "document_texts",
    metadata,
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("media_type", Words, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("pages", Words, nullable=False),
)

# What is known of a text besides: its title, and where its headings, tables and code are.
document_outlines = sa.Table(
    "document_outlines",
    metadata,
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("outline", Words, nullable=False),
)

search_indexes = sa.Table(
    "search_indexes",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("owner", Words, nullable=False, unique=True),
    sa.Column("last_number", sa.BigInteger, nullable=False),
    sa.Column("chunks", sa.BigInteger, nullable=False),
    sa.Column("words", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),  # rises with every change of its vectors
    sqlite_autoincrement=True,
)

chunks = sa.Table(
    "chunks",
    metadata,
    _of_index(),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("kind", Words, nullable=False),
    sa.Column("prefix", Words, nullable=False),
    sa.Column("heading_path", Words, nullable=False),
    sa.Column("first_page", sa.Integer),
    sa.Column("last_page", sa.Integer),
    sa.Index("chunks_document", "document_id", "number"),
)

# For each term of an owner's chunks, blocks of the chunks that have it: `first` and `last` are the lowest and the
# highest number among them, `entries` and `positions` are as in blocks.py.
postings = sa.Table(
    "postings",
    metadata,
    _of_index(),
    sa.Column("term", Words, primary_key=True),
    sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("entries", sa.LargeBinary, nullable=False),
    sa.Column("positions", sa.LargeBinary, nullable=False),
)

# Which terms a document's chunks have, so that they can be taken out of the blocks again.
document_terms = sa.Table(
    "document_terms",
    metadata,
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("terms", sa.LargeBinary, nullable=False),
)

generations = sa.Table(
    "generations",
    metadata,
    sa.Column("id", Id, sa.Identity(), primary_key=True),
    sa.Column("model", Words, nullable=False),
    sa.Column("dimensions", sa.Integer, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False),
    sa.Column("store", Words, nullable=False),
    sa.Index("generations_model", "model", "dimensions", unique=True),
    sa.Index("generations_current", "is_current", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
    sqlite_autoincrement=True,
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("index_id", Id, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "generation_id", sa.ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["index_id", "number"], ["chunks.index_id", "chunks.number"], ondelete="CASCADE"),
    sa.Index("vectors_generation", "generation_id"),
)
