"""Take a document in again that failed or was cancelled."""

from dataclasses import dataclass, replace
from functools import partial

from application.chat.turn_opener import Place
from application.knowledge.get_document import seen
from application.knowledge.ingestion_turn import IngestionTurns, place_for
from application.ports.clock import Now
from application.ports.storage import Transaction
from domain.access import Principal
from domain.chunking.settings import ChunkSettings
from domain.errors import DocumentConflict
from domain.idempotency import IdempotencyKey
from domain.ingestion import chunking_by
from domain.knowledge import Document, DocumentId, DocumentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDocument:
    turns: IngestionTurns
    now: Now
    chunking: ChunkSettings

    async def __call__(self, principal: Principal, id: DocumentId, *, key: IdempotencyKey | None = None) -> Document:
        """Queued again, cut as was asked for. Its text is read again only if it had not been.

        Raise DocumentNotFound, DocumentConflict while it is at work or when it is ready, and what TurnOpener.open
        raises.
        """
        document, _ = await self.turns.open(principal, partial(self._place, principal, id), key)
        return document

    async def _place(self, principal: Principal, id: DocumentId, tx: Transaction) -> Place:
        """The run before goes with its conversation."""
        was = await tx.documents.get(id, owner=principal.owner)
        stopped = await seen(tx, was, principal.owner)
        if not stopped.status.is_stopped:
            raise DocumentConflict(stopped.status, DocumentStatus.QUEUED)
        queued = replace(stopped.moved(DocumentStatus.QUEUED, self.now()), run_id=None)
        await tx.search.clear(id, owner=principal.owner, at=self.now())
        await tx.documents.change(queued, was=was)
        if was.run_id is not None:
            run = await tx.runs.get(was.run_id, owner=principal.owner)
            await tx.conversations.delete(run.conversation_id, owner=principal.owner)
        return await place_for(queued, chunking_by(self.chunking, queued.strategy or None), tx)
