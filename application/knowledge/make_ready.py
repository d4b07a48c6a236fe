"""The last step of taking a document in: it is found from now on, once no vector is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from application.knowledge.embed_chunks import BATCH
from application.knowledge.own_run import OwnRun
from application.knowledge.patient_embedder import PatientEmbedder
from application.ports.clock import Now
from application.ports.storage import Transaction
from application.ports.vector_index import Generation, Unembedded
from domain.knowledge import ChunkId, Document, DocumentStatus
from domain.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReady:
    embedder: PatientEmbedder
    model: str
    now: Now

    async def __call__(self, own: OwnRun, document: Document) -> list[Usage]:
        """What it cost to make the vectors that were missing: where a worker with another model had begun, or the
        model that is searched with was replaced meanwhile. Raise ProviderFailure."""
        usages = list[Usage]()
        while (missing := await own.change(lambda tx: self._ready(tx, document))) is not None:
            texts = [each.text for each in missing] or ["dimensions"]
            embeddings = await self.embedder.embed(texts, self.model, own.charge)
            usages += [embeddings.usage] if embeddings.usage else []
            made = {each.id: vector for each, vector in zip(missing, embeddings.vectors, strict=False)}
            await own.change(partial(self._store, document, made, embeddings.dimensions))
        return usages

    async def _store(
        self, document: Document, made: Mapping[ChunkId, Sequence[float]], dimensions: int, tx: Transaction
    ) -> None:
        generation = await tx.vectors.generation(self.model, dimensions)
        await tx.vectors.add(generation, made, owner=document.owner)

    async def _ready(self, tx: Transaction, document: Document) -> list[Unembedded] | None:
        """None when it is ready; else chunks without a vector, none of them when nobody knows how long vectors are."""
        generation = _newest([each for each in await tx.vectors.generations() if each.model == self.model])
        if generation is None:
            return []
        if missing := await tx.vectors.missing(generation, document=document.id, limit=BATCH):
            return missing
        was = await tx.documents.get(document.id, owner=document.owner)
        if was.status is not DocumentStatus.READY:
            await tx.documents.change(was.moved(DocumentStatus.READY, self.now()), was=was)
        return None


def _newest(generations: list[Generation]) -> Generation | None:
    return max(generations, key=lambda each: each.id, default=None)
