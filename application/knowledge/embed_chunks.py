"""Vectors for the chunks of a document: a few calls at once, patiently, by every model that is searched with."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from application.knowledge.own_run import OwnRun
from application.knowledge.patient_embedder import PatientEmbedder
from application.ports.embedder import Embeddings
from application.ports.storage import Transaction
from domain.errors import ProviderFailure
from domain.knowledge import Document
from domain.usage import Usage

log = logging.getLogger(__name__)

BATCH = 64


@dataclass(slots=True)
class Embedded:
    """A batch of so many texts, and their vectors by each model."""

    count: int
    by_model: dict[str, Embeddings] = field(default_factory=dict)

    @property
    def usages(self) -> list[Usage]:
        return [each.usage for each in self.by_model.values() if each.usage]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedChunks:
    """`model` is the one that is configured. While another is searched with, that makes vectors too, if it answers."""

    embedder: PatientEmbedder
    model: str
    calls_at_once: int

    async def in_batches(self, own: OwnRun, texts: Sequence[str]) -> AsyncGenerator[Embedded, None]:
        """In the order of the texts. Raise ProviderFailure; closing it ends the calls that are under way."""
        generations = await own.change(lambda tx: tx.vectors.generations()) if texts else []
        others = [each.model for each in generations if each.is_current and each.model != self.model]
        starts, under_way = iter(range(0, len(texts), BATCH)), deque[asyncio.Task[Embedded]]()
        try:
            while True:
                while len(under_way) < self.calls_at_once and (start := next(starts, None)) is not None:
                    under_way.append(asyncio.create_task(self._embedded(own, texts[start : start + BATCH], others)))
                if not under_way:
                    return
                yield await under_way[0]
                under_way.popleft()
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def all_of(self, own: OwnRun, texts: Sequence[str]) -> tuple[list[list[float]], list[Usage]]:
        """The vectors of these texts, by the model that is configured."""
        vectors, usages = list[list[float]](), list[Usage]()
        for start in range(0, len(texts), BATCH):
            embeddings = await self.embedder.embed(texts[start : start + BATCH], self.model, own.charge)
            vectors += embeddings.vectors
            usages += [embeddings.usage] if embeddings.usage else []
        return vectors, usages

    async def _embedded(self, own: OwnRun, texts: Sequence[str], others: Sequence[str]) -> Embedded:
        batch = Embedded(len(texts), {self.model: await self.embedder.embed(texts, self.model, own.charge)})
        for other in others:
            try:
                batch.by_model[other] = await self.embedder.once(texts, other, own.charge)
            except ProviderFailure as failure:  # it is on its way out: what it lacks is found by words meanwhile
                log.warning("a document gets no vectors by the model that is to be replaced: %s", failure)
        return batch


async def store_vectors(tx: Transaction, document: Document, first: int, batch: Embedded) -> None:
    """The vectors of the document's chunks from the one at place `first` on."""
    its = await tx.search.passages_of(document.id, owner=document.owner, first=first, limit=batch.count)
    for model, embeddings in batch.by_model.items():
        generation = await tx.vectors.generation(model, embeddings.dimensions)
        vectors = {passage.id: vector for passage, vector in zip(its, embeddings.vectors, strict=True)}
        await tx.vectors.add(generation, vectors, owner=document.owner)
