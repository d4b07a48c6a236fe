"""Look at one document."""

from dataclasses import dataclass

from application.ports.storage import BeginRead, ReadTransaction
from domain.access import OwnerId, Principal
from domain.errors import RunNotFound
from domain.ingestion import seen_with
from domain.knowledge import Document, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDocument:
    read: BeginRead

    async def __call__(self, principal: Principal, id: DocumentId) -> Document:
        """As it is in truth, also when its run has ended and nobody has tidied up yet. Raise DocumentNotFound."""
        async with self.read() as tx:
            return await seen(tx, await tx.documents.get(id, owner=principal.owner), principal.owner)


async def seen(tx: ReadTransaction, document: Document, owner: OwnerId) -> Document:
    if not document.status.is_active or document.run_id is None:
        return seen_with(document, None)
    try:
        return seen_with(document, await tx.runs.get(document.run_id, owner=owner))
    except RunNotFound:
        return seen_with(document, None)
