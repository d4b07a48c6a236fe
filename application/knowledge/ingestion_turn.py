"""The turn that a document is taken in by: what is stored with its run, in one transaction."""

import json
from dataclasses import dataclass, replace

from application.chat.turn_opener import FindPlace, Place, TurnOpener, TurnWish
from application.ports.documents import NewDocument
from application.ports.storage import BeginTransaction, NewConversation, Transaction
from domain.access import Principal
from domain.chunking.settings import ChunkSettings
from domain.conversation import ConversationKind, PromptMessage, Role, Text
from domain.idempotency import IdempotencyKey, KeyUse
from domain.ingestion import Ingestion, ingestion_of, settings_for
from domain.knowledge import Document
from domain.run import Run, RunKind


class Known(Exception):
    """There is such a document already."""

    def __init__(self, document: Document) -> None:
        self.document = document


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestionTurns:
    """`embedding_model` is what such a run says it is answered by."""

    begin: BeginTransaction
    turns: TurnOpener
    embedding_model: str
    lease_seconds: float

    async def open(
        self, principal: Principal, find_place: FindPlace, key: IdempotencyKey | None
    ) -> tuple[Document, bool]:
        """The document as it was stored with its new run, and True; or the one that is known, or that came before with
        the same key, as it is now, and False. Raise what TurnOpener.open raises."""
        stored = list[Document]()

        async def opened(tx: Transaction, run: Run) -> None:
            was = await tx.documents.get(ingestion_of(run).document_id, owner=run.owner)
            await tx.documents.change(document := replace(was, run_id=run.id), was=was)
            stored.append(document)

        wish = TurnWish(
            find_place=find_place, model=self.embedding_model, key=key, kind=RunKind.INGESTION, opened=opened
        )
        try:
            run = await self.turns.open(principal, wish)
        except Known as known:
            await self._keep(key, known.document)
            return known.document, False
        if stored:
            return stored[-1], True
        async with self.begin() as tx:
            return await tx.documents.get(ingestion_of(run).document_id, owner=principal.owner), False

    async def _keep(self, key: IdempotencyKey | None, document: Document) -> None:
        if key is None or document.run_id is None:
            return
        async with self.begin() as tx:
            if await tx.keys.find(key, lease_seconds=self.lease_seconds) is None:
                await tx.keys.keep(key, KeyUse(run_id=document.run_id))
                await tx.commit()


async def place_of_new(new: NewDocument, chunking: ChunkSettings, tx: Transaction) -> Place:
    """Store the document with a conversation for its run. Raise Known."""
    document, is_new = await tx.documents.add(new)
    if not is_new:
        raise Known(document)
    return await place_for(document, chunking, tx)


async def place_for(document: Document, chunking: ChunkSettings, tx: Transaction) -> Place:
    """Nothing of the document is in its conversation: what is deleted with it must not be told there."""
    title = f"Document {document.id}"
    new = NewConversation(document.owner, None, title, document.updated_at, kind=ConversationKind.INGESTION)
    asked = PromptMessage(Role.USER, (Text(json.dumps({"document_id": document.id})),))
    settings = settings_for(Ingestion(document.id, chunking))
    return Place(await tx.conversations.add(new), None, (asked,), settings)
