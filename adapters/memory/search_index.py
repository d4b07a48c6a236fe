"""Chunks in memory, and finding them by words: the formulas, chunk by chunk."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.memory.knowledge import KnowledgeDraft, StoredChunk
from application.ports.search_index import IndexedChunk, SearchIndex, WordHit
from domain.access import OwnerId
from domain.errors import DocumentConflict
from domain.knowledge import ChunkId, Document, DocumentId
from domain.retrieval.passage import Passage
from domain.retrieval.query import Query, Variants, Word
from domain.retrieval.ranking import saturation, total_weight, weights
from domain.retrieval.terms import Terms


@dataclass(frozen=True, slots=True)
class MemorySearchIndex(SearchIndex):
    draft: KnowledgeDraft

    async def begin(self, id: DocumentId, *, owner: OwnerId, chunks: int, at: datetime) -> Document:
        stored = self.draft.document(id, owner)
        self.draft.forget_chunks(id, owner)
        last = self.draft.last_ids.get(owner) or 0
        self.draft.last_ids.put(owner, last + chunks)
        version = stored.document.version + 1
        document = replace(stored.document, chunks=chunks, indexed=0, version=version, updated_at=at)
        self.draft.documents.put(id, replace(stored, document=document, first=last + 1))
        return document

    async def add(self, document: Document, chunks: Sequence[IndexedChunk], *, at: datetime) -> Document:
        if not chunks:
            return document
        stored = self.draft.document(document.id, document.owner)
        now = stored.document
        indexed = document.indexed + len(chunks)
        if (now.version, now.indexed) != (document.version, document.indexed) or indexed > now.chunks:
            raise DocumentConflict(now.status, "indexed by two at once")
        for number, each in enumerate(chunks, stored.first + now.indexed):
            key = document.owner, ChunkId(number)
            self.draft.chunks.put(key, StoredChunk(document.id, each.chunk, each.terms))
        after = replace(now, indexed=indexed, updated_at=at)
        self.draft.documents.put(document.id, replace(stored, document=after))
        return after

    async def clear(self, id: DocumentId, *, owner: OwnerId, at: datetime) -> None:
        stored = self.draft.document(id, owner)
        self.draft.forget_chunks(id, owner)
        document = replace(stored.document, chunks=0, indexed=0, updated_at=at)
        self.draft.documents.put(id, replace(stored, document=document, first=0))

    async def languages(self, *, owner: OwnerId) -> frozenset[str]:
        mine = (stored.document for stored in self.draft.documents.newest_first() if stored.document.owner == owner)
        return frozenset(document.language for document in mine) - {""}

    async def find(
        self, query: Query, *, owner: OwnerId, documents: Collection[DocumentId] | None = None, limit: int
    ) -> list[WordHit]:
        mine = self.draft.chunks_of(owner)
        found_in = Counter(term for stored in mine.values() for term in stored.terms.positions if term in query.terms)
        worth = weights(query, found_in, len(mine))
        total = total_weight(query, found_in, len(mine))
        average = max(sum(stored.terms.length for stored in mine.values()) / len(mine), 1) if mine else 1
        hits = [
            _hit(id, stored.terms, worth, average, total)
            for id, stored in mine.items()
            if (documents is None or stored.document_id in documents)
            and self.draft.is_ready(stored.document_id, owner)
            and all(_stands_in(stored.terms, phrase) for phrase in query.phrases)
        ]
        return sorted((hit for hit in hits if hit.score), key=lambda hit: (-hit.score, hit.id))[:limit]

    async def passages(self, ids: Sequence[ChunkId], *, owner: OwnerId) -> list[Passage]:
        found = ((id, self.draft.chunks.get((owner, id))) for id in ids)
        return [self._passage(id, stored, owner) for id, stored in found if stored]

    async def passages_of(self, id: DocumentId, *, owner: OwnerId, first: int = 0, limit: int) -> list[Passage]:
        start = self.draft.document(id, owner).first + first
        mine = self.draft.chunks_of(owner).items()
        its = [(chunk_id, stored) for chunk_id, stored in mine if stored.document_id == id and chunk_id >= start]
        return [self._passage(chunk_id, stored, owner) for chunk_id, stored in its[:limit]]

    def _passage(self, id: ChunkId, stored: StoredChunk, owner: OwnerId) -> Passage:
        document = self.draft.document(stored.document_id, owner).document
        return Passage(
            id=id,
            document_id=document.id,
            filename=document.filename,
            title=document.title,
            version=document.version,
            chunk=stored.chunk,
        )


def _hit(id: ChunkId, terms: Terms, worth: Mapping[Word, float], average: float, total: float) -> WordHit:
    score = matched = 0.0
    for word, weight in worth.items():
        times = sum(len(terms.positions.get(term, ())) for term in word.variants)
        if times:
            score += weight * saturation(times, terms.length, average)
            matched += weight
    return WordHit(id, score, matched / total if total else 0.0)


def _stands_in(terms: Terms, phrase: Sequence[Variants]) -> bool:
    """Whether the words of the phrase stand there in a row."""
    places = [{place for term in variants for place in terms.positions.get(term, ())} for variants in phrase]
    return any(all(start + step in each for step, each in enumerate(places)) for start in places[0])
