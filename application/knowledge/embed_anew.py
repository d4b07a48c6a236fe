"""Perform the run that gives every chunk a vector by another model, beside the old ones, and then searches the new."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from application.knowledge.embed_chunks import BATCH
from application.knowledge.own_run import OwnRun
from application.knowledge.patient_embedder import PatientEmbedder
from application.ports.storage import BeginTransaction, Transaction
from application.ports.vector_index import Generation, Unembedded
from application.runs.run_writer import RunWriter
from domain.access import OwnerId
from domain.citation import ChunkId
from domain.conversation import PromptMessage
from domain.errors import ProviderFailure
from domain.ingestion import EMBEDDING
from domain.run import Problem, Run, RunFinished, RunStatus
from domain.step import StepFinished, StepStarted
from domain.usage import Purpose, Usage, total_usage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedAnew:
    begin: BeginTransaction
    embedder: PatientEmbedder

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """As Performer. Until the last vector is there the old ones are searched; whoever takes it over goes on."""
        charge = writer.charge(Purpose.EMBEDDING, step=EMBEDDING)
        own, model, usages = OwnRun(begin=self.begin, run=run, charge=charge), run.model, list[Usage]()
        writer.append([StepStarted(EMBEDDING)])
        try:
            first = await self.embedder.embed(["dimensions"], model, charge)
            generation = await own.change(lambda tx: tx.vectors.generation(model, first.dimensions))
            while not await own.change(lambda tx: tx.vectors.make_current(generation)):
                missing = await own.change(lambda tx: tx.vectors.missing(generation, limit=BATCH))
                if missing:
                    usages += await self._embed(own, generation, missing)
        except ProviderFailure as failure:
            return RunFinished(RunStatus.FAILED, problem=Problem.of(failure), usage=total_usage(usages))
        log.info("documents are searched with vectors of %s now", model)
        writer.append([StepFinished(EMBEDDING, output=f"vectors of {model} are searched now")])
        return RunFinished(RunStatus.COMPLETED, "stop", usage=total_usage(usages))

    async def _embed(self, own: OwnRun, generation: Generation, missing: Sequence[Unembedded]) -> list[Usage]:
        embeddings = await self.embedder.embed([each.text for each in missing], generation.model, own.charge)
        of_owner = defaultdict[OwnerId, dict[ChunkId, list[float]]](dict)
        for each, vector in zip(missing, embeddings.vectors, strict=True):
            of_owner[each.owner][each.id] = vector

        async def store(tx: Transaction) -> None:
            for owner, vectors in of_owner.items():
                await tx.vectors.add(generation, vectors, owner=owner)

        await own.change(store)
        return [embeddings.usage] if embeddings.usage else []
