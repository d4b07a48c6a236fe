"""Vectors in memory."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.memory.knowledge import KnowledgeDraft, Vector, rows
from application.ports.vector_index import Generation, GenerationId, Unembedded, VectorHit, VectorIndex
from domain.access import OwnerId
from domain.knowledge import ChunkId, DocumentId


@dataclass(frozen=True, slots=True)
class MemoryVectorIndex(VectorIndex):
    draft: KnowledgeDraft

    async def generations(self) -> list[Generation]:
        return sorted(
            (each for _, each in rows(self.draft.generations)), key=lambda each: (not each.is_current, each.id)
        )

    async def generation(self, model: str, dimensions: int) -> Generation:
        existing = await self.generations()
        for each in existing:
            if (each.model, each.dimensions) == (model, dimensions):
                return each
        made = Generation(
            id=GenerationId(next(self.draft.knowledge.generation_ids)),
            model=model,
            dimensions=dimensions,
            is_current=not existing,
            method="exact scan in memory",
        )
        self.draft.generations.put(made.id, made)
        return made

    async def add(self, generation: Generation, vectors: Mapping[ChunkId, Sequence[float]], *, owner: OwnerId) -> None:
        if any(len(vector) != generation.dimensions for vector in vectors.values()):
            raise ValueError(f"vectors of {generation.model} must have {generation.dimensions} numbers")
        for id, vector in vectors.items():
            key = generation.id, owner, id
            if self.draft.chunks.get((owner, id)) and self.draft.vectors.get(key) is None:
                self.draft.vectors.put(key, _unit(vector))

    async def missing(
        self,
        generation: Generation,
        *,
        after: Unembedded | None = None,
        document: DocumentId | None = None,
        limit: int,
    ) -> list[Unembedded]:
        behind = (after.owner, after.id) if after else None
        found = []
        for (owner, id), stored in rows(self.draft.chunks):
            if document is not None and stored.document_id != document:
                continue
            if (behind is None or (owner, id) > behind) and not self.draft.vectors.get((generation.id, owner, id)):
                title = self.draft.document(stored.document_id, owner).document.title
                found.append(Unembedded(owner, stored.document_id, id, stored.chunk.indexed_as(title)))
        return found[:limit]

    async def make_current(self, generation: Generation) -> bool:
        if await self.missing(generation, limit=1):
            return False
        for key, _ in rows(self.draft.vectors):
            if key[0] != generation.id:
                self.draft.vectors.drop(key)
        for other in await self.generations():
            self.draft.generations.drop(other.id)
        self.draft.generations.put(generation.id, replace(generation, is_current=True))
        return True

    async def find(
        self,
        generation: Generation,
        vector: Sequence[float],
        *,
        owner: OwnerId,
        documents: Collection[DocumentId] | None = None,
        limit: int,
    ) -> list[VectorHit]:
        towards, hits = _unit(vector), []
        for id, stored in self.draft.chunks_of(owner).items():
            mine = self.draft.vectors.get((generation.id, owner, id))
            if mine is None or not self.draft.is_ready(stored.document_id, owner):
                continue
            if documents is None or stored.document_id in documents:
                hits.append(VectorHit(id, _product(towards, mine)))
        return sorted(hits, key=lambda hit: (-hit.similarity, hit.id))[:limit]


def _unit(vector: Sequence[float]) -> Vector:
    length = math.hypot(*vector)
    return tuple(number / length for number in vector) if length else tuple(vector)


def _product(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
