"""Delete a vector store."""

from dataclasses import dataclass

from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.vector_store import VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteVectorStore:
    begin: BeginTransaction

    async def __call__(self, principal: Principal, id: VectorStoreId) -> None:
        """The documents stay. Raise VectorStoreNotFound."""
        async with self.begin() as tx:
            await tx.vector_stores.delete(id, owner=principal.owner)
            await tx.commit()
