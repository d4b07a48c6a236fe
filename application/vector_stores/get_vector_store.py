"""Look at a vector store."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from application.vector_stores.seen_store import SeenStore, seen_store
from domain.access import Principal
from domain.vector_store import VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetVectorStore:
    read: BeginRead

    async def __call__(self, principal: Principal, id: VectorStoreId) -> SeenStore:
        """Raise VectorStoreNotFound."""
        async with self.read() as tx:
            return await seen_store(tx, await tx.vector_stores.get(id, owner=principal.owner))
