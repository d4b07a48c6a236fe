"""Take a document out of a vector store."""

from dataclasses import dataclass

from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.knowledge import DocumentId
from domain.vector_store import VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFile:
    begin: BeginTransaction

    async def __call__(self, principal: Principal, id: VectorStoreId, document: DocumentId) -> None:
        """The document itself stays. Raise VectorStoreNotFound, or DocumentNotFound for one that is not in it."""
        async with self.begin() as tx:
            await tx.vector_stores.remove(id, document, owner=principal.owner)
            await tx.commit()
