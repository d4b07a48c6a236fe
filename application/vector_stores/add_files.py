"""Add documents to a vector store together."""

from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from application.vector_stores.put_in import FileWishes, put_in
from domain.access import Principal
from domain.errors import InvalidInput
from domain.vector_store import MOST_AT_ONCE, FileBatch, FileCounts, VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFiles:
    begin: BeginTransaction
    now: Now

    async def __call__(
        self, principal: Principal, id: VectorStoreId, files: FileWishes
    ) -> tuple[FileBatch, FileCounts]:
        """All in one transaction, as a batch. Raise as AddFile, adding nothing."""
        if not 0 < len(files) <= MOST_AT_ONCE:
            raise InvalidInput("file_ids", f"must be 1 to {MOST_AT_ONCE:,} files")
        owner, now = principal.owner, self.now()
        async with self.begin() as tx:
            batch = await tx.vector_stores.add_batch(id, owner=owner, at=now)
            await put_in(tx, id, files, owner=owner, at=now, batch=batch.id)
            counts = await tx.vector_stores.counts([id], owner=owner, batch=batch.id)
            await tx.commit()
        return batch, counts[id]
