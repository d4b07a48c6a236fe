"""Stop taking in the files of a batch."""

from dataclasses import dataclass

from application.knowledge.cancel_document import CancelDocument
from application.ports.storage import BeginRead, BeginTransaction
from application.ports.vector_stores import FileFilter
from application.vector_stores.get_file_batch import GetFileBatch
from domain.access import Principal
from domain.errors import DocumentNotFound
from domain.knowledge import DocumentStatus
from domain.vector_store import MOST_AT_ONCE, FileBatch, FileBatchId, FileCounts, VectorStoreId

AT_WORK = tuple(status for status in DocumentStatus if status.is_active)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelFileBatch:
    begin: BeginTransaction
    read: BeginRead
    get: GetFileBatch
    cancel: CancelDocument

    async def __call__(
        self, principal: Principal, id: VectorStoreId, batch: FileBatchId
    ) -> tuple[FileBatch, FileCounts]:
        """Those that are ready stay; a file is taken in once, so the others are stopped for every store they are in.

        Raise VectorStoreNotFound or FileBatchNotFound.
        """
        owner = principal.owner
        async with self.begin() as tx:
            await tx.vector_stores.cancel_batch(id, batch, owner=owner)
            await tx.commit()
        filter = FileFilter(statuses=AT_WORK, batch=batch)
        async with self.read() as tx:
            files = await tx.vector_stores.files(
                id, owner=owner, filter=filter, after=None, descending=False, limit=MOST_AT_ONCE
            )
        for file in files:
            try:
                await self.cancel(principal, file.document.id)
            except DocumentNotFound:
                continue  # somebody has deleted it
        return await self.get(principal, id, batch)
