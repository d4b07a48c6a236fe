"""Perform the run that takes a document in: read it, index it, and only then let it be found."""

import asyncio
from dataclasses import dataclass, replace

from application.knowledge.index_document import IndexDocument
from application.knowledge.own_run import OwnRun
from application.knowledge.read_document import ReadDocument
from application.ports.clock import Now
from application.ports.storage import BeginTransaction, Transaction
from application.runs.run_writer import RunWriter
from domain.conversation import PromptMessage
from domain.errors import BlobLost, InvalidInput, ProviderFailure, RunLost, TooBusy
from domain.ingestion import INDEXING, Ingestion, ingestion_of
from domain.knowledge import Document, DocumentStatus
from domain.run import Problem, Run, RunFinished, RunStatus
from domain.usage import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestDocument:
    """`places` bounds how many documents one process takes in at once: each may be large."""

    begin: BeginTransaction
    read_document: ReadDocument
    index_document: IndexDocument
    places: asyncio.Semaphore
    now: Now
    pause_seconds: float = 0.5

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """As Performer. Whoever takes it over goes on from what is stored: the text, then the chunks so far.

        The document is ready in the one transaction that ends it, or failed with its reason and no chunk.
        """
        charge = writer.charge(Purpose.EMBEDDING, step=INDEXING)
        own = OwnRun(begin=self.begin, run=run, charge=charge, pause_seconds=self.pause_seconds)
        ingestion = ingestion_of(run)
        async with self.places:
            try:
                document = await own.change(lambda tx: self._begun(tx, run, ingestion))
                if document.status is DocumentStatus.READY:  # a worker died between that and the end of the run
                    return RunFinished(RunStatus.COMPLETED, "stop")
                reading = await self.read_document(own, document, writer)
                usage = await self.index_document(own, ingestion, reading, writer)
            except (InvalidInput, BlobLost, ProviderFailure, TooBusy) as refusal:
                problem = Problem.of(refusal)
                await own.change(lambda tx: self._failed(tx, run, ingestion, problem))
                return RunFinished(RunStatus.FAILED, problem=problem)
        return RunFinished(RunStatus.COMPLETED, "stop", usage=usage)

    async def _begun(self, tx: Transaction, run: Run, ingestion: Ingestion) -> Document:
        document = await tx.documents.get(ingestion.document_id, owner=run.owner)
        if document.run_id != run.id or not (document.status.is_active or document.status is DocumentStatus.READY):
            raise RunLost(run.id)
        if document.status is not DocumentStatus.QUEUED:
            return document
        await tx.documents.change(begun := document.moved(DocumentStatus.READING, self.now()), was=document)
        return begun

    async def _failed(self, tx: Transaction, run: Run, ingestion: Ingestion, problem: Problem) -> None:
        document = await tx.documents.get(ingestion.document_id, owner=run.owner)
        if not document.status.is_active:
            return
        await tx.search.clear(document.id, owner=run.owner, at=self.now())
        failed = document.moved(DocumentStatus.FAILED, self.now(), problem=problem)
        await tx.documents.change(replace(failed, chunks=0, indexed=0), was=document)
