"""Delete a document and everything that was made of it."""

from dataclasses import dataclass

from application.knowledge.discard_blob import DiscardBlob
from application.ports.storage import BeginRead, BeginTransaction, Transaction
from application.runs.run_stopper import RunStopper
from domain.access import Principal
from domain.knowledge import Document, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was there and is gone. `answers` are those kept under idempotency keys, any of which may have quoted it."""

    document_id: DocumentId
    bytes: int
    characters: int
    chunks: int
    vectors: int
    runs: int
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDocument:
    begin: BeginTransaction
    read: BeginRead
    stopper: RunStopper
    discard: DiscardBlob

    async def __call__(self, principal: Principal, id: DocumentId) -> Erasure:
        """In one transaction, its run stopped before; bytes that are in another store are erased when it is over, and
        if that fails again until they are. Raise DocumentNotFound."""
        async with self.read() as tx:
            document = await tx.documents.get(id, owner=principal.owner)
        if document.status.is_active and document.run_id is not None:
            await self.stopper.stop(document.run_id, principal.owner)
        async with self.begin() as tx:
            document = await tx.documents.get(id, owner=principal.owner)
            blob = await tx.documents.blob(id, owner=principal.owner)
            erasure = await self._erase(tx, document)
            await tx.commit()
        await self.discard(blob)
        return erasure

    async def _erase(self, tx: Transaction, document: Document) -> Erasure:
        reading = await tx.documents.reading(document.id, owner=document.owner)
        vectors = 0
        for generation in await tx.vectors.generations():
            lacking = await tx.vectors.missing(generation, document=document.id, limit=document.indexed)
            vectors += document.indexed - len(lacking)
        runs = await self._forget_runs(tx, document)
        await tx.documents.delete(document.id, owner=document.owner)
        return Erasure(
            document_id=document.id,
            bytes=document.size_bytes,
            characters=len(reading.text) if reading else 0,
            chunks=document.indexed,
            vectors=vectors,
            runs=runs,
            answers=await tx.keys.forget_answers(document.owner),
        )

    async def _forget_runs(self, tx: Transaction, document: Document) -> int:
        if document.run_id is None:
            return 0
        run = await tx.runs.get(document.run_id, owner=document.owner)
        await tx.conversations.delete(run.conversation_id, owner=document.owner)
        return 1
