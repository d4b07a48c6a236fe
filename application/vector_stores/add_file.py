"""Add a document to a vector store, or give one that is in it other attributes."""

from dataclasses import dataclass, replace

from application.knowledge.get_document import seen
from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from application.vector_stores.put_in import put_in
from domain.access import Principal
from domain.attribute_filter import Attributes
from domain.knowledge import DocumentId
from domain.vector_store import StoreFile, VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFile:
    begin: BeginTransaction
    now: Now

    async def __call__(
        self, principal: Principal, id: VectorStoreId, document: DocumentId, attributes: Attributes
    ) -> StoreFile:
        """The file as it is then. Raise InvalidInput, VectorStoreNotFound or DocumentNotFound, adding nothing."""
        owner = principal.owner
        async with self.begin() as tx:
            await put_in(tx, id, {document: attributes}, owner=owner, at=self.now())
            file = await tx.vector_stores.file(id, document, owner=owner)
            file = replace(file, document=await seen(tx, file.document, owner))
            await tx.commit()
        return file
