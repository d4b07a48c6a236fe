"""What is answered about vector stores: the shapes, and how they are made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from application.vector_stores.seen_store import SeenStore
from domain.attribute_filter import Attributes
from domain.chunking.settings import ChunkSettings
from domain.errors import UnsupportedDocument
from domain.knowledge import Document, DocumentStatus
from domain.prompt import CHARACTERS_PER_TOKEN
from domain.retrieval.findings import Found
from domain.vector_store import FileBatch, FileCounts, StoreFile
from entrypoints.openai.answer_schemas import Answer, PageObject
from entrypoints.openai.ids import file_batch_id, file_id, vector_store_id


class CountsObject(Answer):
    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class StoreObject(Answer):
    id: str
    object: Literal["vector_store"]
    created_at: int
    name: str
    usage_bytes: int
    file_counts: CountsObject
    status: Literal["expired", "in_progress", "completed"]
    expires_after: dict[str, Any] | None
    expires_at: int | None
    last_active_at: int
    metadata: dict[str, str]


class StoresPage(PageObject):
    data: list[StoreObject]


class DeletedStore(Answer):
    id: str
    object: Literal["vector_store.deleted"]
    deleted: Literal[True]


class StoreFileObject(Answer):
    id: str
    object: Literal["vector_store.file"]
    created_at: int
    vector_store_id: str
    status: Literal["in_progress", "completed", "cancelled", "failed"]
    last_error: dict[str, str] | None
    usage_bytes: int
    attributes: dict[str, Any]
    chunking_strategy: dict[str, Any]


class StoreFilesPage(PageObject):
    data: list[StoreFileObject]


class DeletedStoreFile(Answer):
    id: str
    object: Literal["vector_store.file.deleted"]
    deleted: Literal[True]


class BatchObject(Answer):
    id: str
    object: Literal["vector_store.files_batch"]
    created_at: int
    vector_store_id: str
    status: Literal["in_progress", "completed", "cancelled", "failed"]
    file_counts: CountsObject


class ContentPage(Answer):
    object: Literal["vector_store.file_content.page"]
    data: list[dict[str, str]]
    has_more: bool


class SearchPage(Answer):
    object: Literal["vector_store.search_results.page"]
    search_query: list[str]
    data: list[dict[str, Any]]
    has_more: bool


STATUS = {
    DocumentStatus.READY: "completed",
    DocumentStatus.FAILED: "failed",
    DocumentStatus.CANCELLED: "cancelled",
}
STATUSES: Mapping[str, list[DocumentStatus]] = {
    "in_progress": [status for status in DocumentStatus if status.is_active],
    **{said: [status] for status, said in STATUS.items()},
}


def store_document(seen: SeenStore, now: datetime) -> dict[str, Any]:
    store, counts = seen.store, seen.counts
    status = "in_progress" if counts.in_progress else "completed"
    days = store.expires_after_days
    return {
        "id": vector_store_id(store.id),
        "object": "vector_store",
        "created_at": int(store.created_at.timestamp()),
        "name": store.name,
        "usage_bytes": counts.bytes,
        "file_counts": counts_document(counts),
        "status": "expired" if store.is_expired(now) else status,
        "expires_after": {"anchor": "last_active_at", "days": days} if days else None,
        "expires_at": int(store.expires_at.timestamp()) if store.expires_at else None,
        "last_active_at": int(store.last_active_at.timestamp()),
        "metadata": dict(store.metadata),
    }


def counts_document(counts: FileCounts) -> dict[str, int]:
    names = ("in_progress", "completed", "failed", "cancelled", "total")
    return {name: getattr(counts, name) for name in names}


def store_file_document(file: StoreFile, chunking: ChunkSettings) -> dict[str, Any]:
    """How it was cut is told in tokens, of four characters each."""
    document = file.document
    sizes = {
        "max_chunk_size_tokens": chunking.size // CHARACTERS_PER_TOKEN,
        "chunk_overlap_tokens": chunking.overlap // CHARACTERS_PER_TOKEN,
    }
    return {
        "id": file_id(document.id),
        "object": "vector_store.file",
        "created_at": int(file.added_at.timestamp()),
        "vector_store_id": vector_store_id(file.store_id),
        "status": STATUS.get(document.status, "in_progress"),
        "last_error": _error_of(document),
        "usage_bytes": document.size_bytes,
        "attributes": dict(file.attributes),
        "chunking_strategy": {"type": "static", "static": sizes},
    }


def batch_document(batch: FileBatch, counts: FileCounts) -> dict[str, Any]:
    status = "in_progress" if counts.in_progress else "completed"
    if counts.total and counts.failed == counts.total:
        status = "failed"
    return {
        "id": file_batch_id(batch.id),
        "object": "vector_store.files_batch",
        "created_at": int(batch.created_at.timestamp()),
        "vector_store_id": vector_store_id(batch.store_id),
        "status": "cancelled" if batch.cancelled else status,
        "file_counts": counts_document(counts),
    }


def result_document(found: Found, attributes: Attributes) -> dict[str, Any]:
    passage = found.passage
    return {
        "file_id": file_id(passage.document_id),
        "filename": passage.filename,
        "score": round(found.score, 6),
        "attributes": dict(attributes),
        "content": [{"type": "text", "text": passage.chunk.shown}],
        "page": passage.chunk.first_page,
    }


def _error_of(document: Document) -> dict[str, str] | None:
    """One of the three codes that OpenAI's clients know, and the sentence."""
    if document.status is not DocumentStatus.FAILED or document.problem is None:
        return None
    code = document.problem.code
    known = "invalid_file" if code.startswith("document") else "server_error"
    known = "unsupported_file" if code == UnsupportedDocument.code else known
    return {"code": known, "message": document.problem.message}
