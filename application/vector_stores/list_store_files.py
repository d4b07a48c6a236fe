"""List the documents in a vector store."""

from dataclasses import dataclass, replace

from application.knowledge.get_document import seen
from application.ports.storage import BeginRead
from application.ports.vector_stores import FileFilter
from domain.access import Principal
from domain.knowledge import DocumentId
from domain.vector_store import StoreFile, VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStoreFiles:
    read: BeginRead

    async def __call__(
        self,
        principal: Principal,
        id: VectorStoreId,
        *,
        filter: FileFilter,
        after: DocumentId | None,
        descending: bool,
        limit: int,
    ) -> tuple[list[StoreFile], bool]:
        """By the documents' ids, from behind `after`; and whether there are more.

        Raise VectorStoreNotFound, or FileBatchNotFound for a batch that is not this store's.
        """
        owner = principal.owner
        async with self.read() as tx:
            if filter.batch is not None:
                await tx.vector_stores.batch(id, filter.batch, owner=owner)
            page = await tx.vector_stores.files(
                id, owner=owner, filter=filter, after=after, descending=descending, limit=limit + 1
            )
            files = [replace(file, document=await seen(tx, file.document, owner)) for file in page[:limit]]
            return files, len(page) > limit
