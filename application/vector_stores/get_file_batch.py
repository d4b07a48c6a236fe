"""Look at files that were added to a vector store together."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.vector_store import FileBatch, FileBatchId, FileCounts, VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetFileBatch:
    read: BeginRead

    async def __call__(
        self, principal: Principal, id: VectorStoreId, batch: FileBatchId
    ) -> tuple[FileBatch, FileCounts]:
        """Raise VectorStoreNotFound or FileBatchNotFound."""
        async with self.read() as tx:
            found = await tx.vector_stores.batch(id, batch, owner=principal.owner)
            counts = await tx.vector_stores.counts([id], owner=principal.owner, batch=batch)
            return found, counts[id]
