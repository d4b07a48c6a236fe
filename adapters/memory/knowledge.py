"""Documents, chunks and vectors that are committed, and what one transaction sees of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from adapters.memory.tables import K, Overlay, V
from application.ports.vector_index import Generation, GenerationId
from domain.access import OwnerId
from domain.attribute_filter import Attributes
from domain.blob import BlobId
from domain.errors import DocumentNotFound
from domain.knowledge import Chunk, ChunkId, Document, DocumentId, DocumentStatus
from domain.reading import Reading
from domain.retrieval.terms import Terms
from domain.vector_store import FileBatch, FileBatchId, VectorStore, VectorStoreId

Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Its chunks have the ids from `first` on."""

    document: Document
    blob: BlobId
    reading: Reading | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class StoredChunk:
    document_id: DocumentId
    chunk: Chunk
    terms: Terms


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A line of the ledger: expected since `at`, and to be erased when that is said or no document has it for long."""

    owner: OwnerId
    at: datetime
    to_erase: bool = False


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A document in a vector store."""

    attributes: Attributes
    added_at: datetime
    batch: FileBatchId | None = None


@dataclass(slots=True)
class Knowledge:
    """The committed rows."""

    documents: dict[DocumentId, StoredDocument] = field(default_factory=dict)
    chunks: dict[tuple[OwnerId, ChunkId], StoredChunk] = field(default_factory=dict)
    last_ids: dict[OwnerId, int] = field(default_factory=dict)
    generations: dict[GenerationId, Generation] = field(default_factory=dict)
    vectors: dict[tuple[GenerationId, OwnerId, ChunkId], Vector] = field(default_factory=dict)
    blobs: dict[BlobId, StoredBlob] = field(default_factory=dict)
    bytes_of: dict[BlobId, bytes] = field(default_factory=dict)
    document_ids: Iterator[int] = field(default_factory=lambda: count(1))
    generation_ids: Iterator[int] = field(default_factory=lambda: count(1))
    stores: dict[VectorStoreId, VectorStore] = field(default_factory=dict)
    store_files: dict[tuple[VectorStoreId, DocumentId], StoredFile] = field(default_factory=dict)
    batches: dict[FileBatchId, FileBatch] = field(default_factory=dict)
    store_ids: Iterator[int] = field(default_factory=lambda: count(1))
    batch_ids: Iterator[int] = field(default_factory=lambda: count(1))


class KnowledgeDraft:
    """The rows as one transaction sees them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.documents = Overlay(knowledge.documents)
        self.chunks = Overlay(knowledge.chunks)
        self.last_ids = Overlay(knowledge.last_ids)
        self.generations = Overlay(knowledge.generations)
        self.vectors = Overlay(knowledge.vectors)
        self.blobs = Overlay(knowledge.blobs)
        self.stores = Overlay(knowledge.stores)
        self.store_files = Overlay(knowledge.store_files)
        self.batches = Overlay(knowledge.batches)
        self.erased: set[BlobId] = set()

    def document(self, id: DocumentId, owner: OwnerId) -> StoredDocument:
        """Raise DocumentNotFound."""
        stored = self.documents.get(id)
        if stored is None or stored.document.owner != owner:
            raise DocumentNotFound(id)
        return stored

    def chunks_of(self, owner: OwnerId) -> dict[ChunkId, StoredChunk]:
        """In the order of their ids."""
        return {id: chunk for (whose, id), chunk in rows(self.chunks) if whose == owner}

    def is_ready(self, id: DocumentId, owner: OwnerId) -> bool:
        return self.document(id, owner).document.status is DocumentStatus.READY

    def has_document(self, blob: BlobId) -> bool:
        return any(stored.blob == blob for _, stored in rows(self.documents))

    def forget_document(self, id: DocumentId, owner: OwnerId) -> None:
        """With its chunks and its bytes, and from the vector stores."""
        blob = self.document(id, owner).blob
        for key in [key for key, _ in rows(self.store_files) if key[1] == id]:
            self.store_files.drop(key)
        self.forget_chunks(id, owner)
        self.documents.drop(id)
        if kept := self.blobs.get(blob):
            self.blobs.put(blob, replace(kept, to_erase=True))
        self.erased.add(blob)

    def forget_store(self, id: VectorStoreId) -> None:
        """With its batches; the documents stay."""
        for key in [key for key, _ in rows(self.store_files) if key[0] == id]:
            self.store_files.drop(key)
        for batch_id in [batch_id for batch_id, batch in rows(self.batches) if batch.store_id == id]:
            self.batches.drop(batch_id)
        self.stores.drop(id)

    def forget_chunks(self, id: DocumentId, owner: OwnerId) -> None:
        for chunk_id, stored in self.chunks_of(owner).items():
            if stored.document_id == id:
                self.chunks.drop((owner, chunk_id))
                for generation in [generation for generation, _ in rows(self.generations)]:
                    self.vectors.drop((generation, owner, chunk_id))

    def commit(self) -> None:
        _commit(self.documents)
        _commit(self.chunks)
        _commit(self.last_ids)
        _commit(self.generations)
        _commit(self.vectors)
        _commit(self.blobs)
        _commit(self.stores)
        _commit(self.store_files)
        _commit(self.batches)
        for blob in self.erased:
            self.knowledge.bytes_of.pop(blob, None)
        self.erased.clear()


def rows(overlay: Overlay[K, V]) -> list[tuple[K, V]]:
    """Every row that there is, in the order of the keys."""
    keys = sorted({**overlay.rows, **overlay.changes})  # type: ignore[type-var]  # ids, and tuples of them
    return [(key, value) for key in keys if (value := overlay.get(key)) is not None]


def _commit(overlay: Overlay[K, V]) -> None:
    for key in overlay.dropped():
        del overlay.rows[key]
    overlay.apply()
