"""Documents, chunks and vectors that are committed, and what one transaction sees of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from adapters.memory.tables import K, Overlay, V
from application.ports.vector_index import Generation, GenerationId
from domain.access import OwnerId
from domain.errors import DocumentNotFound
from domain.knowledge import Chunk, ChunkId, Document, DocumentId
from domain.reading import Reading
from domain.retrieval.terms import Terms

Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """Its chunks have the ids from `first` on."""

    document: Document
    content: bytes
    reading: Reading | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class StoredChunk:
    document_id: DocumentId
    chunk: Chunk
    terms: Terms


@dataclass(slots=True)
class Knowledge:
    """The committed rows."""

    documents: dict[DocumentId, StoredDocument] = field(default_factory=dict)
    chunks: dict[tuple[OwnerId, ChunkId], StoredChunk] = field(default_factory=dict)
    last_ids: dict[OwnerId, int] = field(default_factory=dict)
    generations: dict[GenerationId, Generation] = field(default_factory=dict)
    vectors: dict[tuple[GenerationId, OwnerId, ChunkId], Vector] = field(default_factory=dict)
    document_ids: Iterator[int] = field(default_factory=lambda: count(1))
    generation_ids: Iterator[int] = field(default_factory=lambda: count(1))


class KnowledgeDraft:
    """The rows as one transaction sees them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.documents = Overlay(knowledge.documents)
        self.chunks = Overlay(knowledge.chunks)
        self.last_ids = Overlay(knowledge.last_ids)
        self.generations = Overlay(knowledge.generations)
        self.vectors = Overlay(knowledge.vectors)

    def document(self, id: DocumentId, owner: OwnerId) -> StoredDocument:
        """Raise DocumentNotFound."""
        stored = self.documents.get(id)
        if stored is None or stored.document.owner != owner:
            raise DocumentNotFound(id)
        return stored

    def chunks_of(self, owner: OwnerId) -> dict[ChunkId, StoredChunk]:
        """In the order of their ids."""
        return {id: chunk for (whose, id), chunk in rows(self.chunks) if whose == owner}

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


def rows(overlay: Overlay[K, V]) -> list[tuple[K, V]]:
    """Every row that there is, in the order of the keys."""
    keys = sorted({**overlay.rows, **overlay.changes})  # type: ignore[type-var]  # ids, and tuples of them
    return [(key, value) for key in keys if (value := overlay.get(key)) is not None]


def _commit(overlay: Overlay[K, V]) -> None:
    for key in overlay.dropped():
        del overlay.rows[key]
    overlay.apply()
