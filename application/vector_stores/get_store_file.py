"""Look at a document in a vector store."""

from dataclasses import dataclass, replace

from application.knowledge.get_document import seen
from application.ports.storage import BeginRead
from domain.access import Principal
from domain.knowledge import DocumentId
from domain.vector_store import StoreFile, VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetStoreFile:
    read: BeginRead

    async def __call__(self, principal: Principal, id: VectorStoreId, document: DocumentId) -> StoreFile:
        """Raise VectorStoreNotFound, or DocumentNotFound for one that is not in it."""
        async with self.read() as tx:
            file = await tx.vector_stores.file(id, document, owner=principal.owner)
            return replace(file, document=await seen(tx, file.document, principal.owner))
