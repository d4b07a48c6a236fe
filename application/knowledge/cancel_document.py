"""Stop taking a document in."""

from dataclasses import dataclass

from application.knowledge.get_document import GetDocument
from application.knowledge.settle_documents import SettleDocuments
from application.runs.run_stopper import RunStopper
from domain.access import Principal
from domain.knowledge import Document, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDocument:
    get: GetDocument
    stopper: RunStopper
    settle: SettleDocuments

    async def __call__(self, principal: Principal, id: DocumentId) -> Document:
        """The document as it is then: no chunk of it is left. One that was not at work stays as it is.

        Raise DocumentNotFound.
        """
        document = await self.get(principal, id)
        if not document.status.is_active or document.run_id is None:
            return document
        await self.stopper.stop(document.run_id, principal.owner)
        await self.settle()
        return await self.get(principal, id)
