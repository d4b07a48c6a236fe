"""Give a document in a vector store other attributes."""

from dataclasses import dataclass, replace

from application.knowledge.get_document import seen
from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.attribute_filter import Attributes, checked_attributes
from domain.knowledge import DocumentId
from domain.vector_store import StoreFile, VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFile:
    begin: BeginTransaction
    now: Now

    async def __call__(
        self, principal: Principal, id: VectorStoreId, document: DocumentId, attributes: Attributes
    ) -> StoreFile:
        """What is not named is no longer there. Raise InvalidInput, and as GetStoreFile."""
        owner, checked = principal.owner, checked_attributes(attributes)
        async with self.begin() as tx:
            file = await tx.vector_stores.file(id, document, owner=owner)
            await tx.vector_stores.put(id, {document: checked}, owner=owner, at=self.now())
            document_now = await seen(tx, file.document, owner)
            await tx.commit()
        return replace(file, attributes=checked, document=document_now)
