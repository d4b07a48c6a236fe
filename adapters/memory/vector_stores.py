"""Vector stores in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from adapters.memory.documents import MemoryDocuments
from adapters.memory.knowledge import KnowledgeDraft, StoredFile, rows
from application.ports.vector_stores import FileFilter, NewVectorStore, VectorStoreRepository
from domain.access import OwnerId
from domain.attribute_filter import Attributes
from domain.errors import DocumentNotFound, FileBatchNotFound, VectorStoreNotFound
from domain.knowledge import DocumentId, DocumentStatus
from domain.vector_store import FileBatch, FileBatchId, FileCounts, StoreFile, VectorStore, VectorStoreId, counts_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MemoryVectorStores(VectorStoreRepository):
    draft: KnowledgeDraft
    documents: MemoryDocuments

    async def add(self, new: NewVectorStore) -> VectorStore:
        store = VectorStore(
            id=VectorStoreId(next(self.draft.knowledge.store_ids)),
            owner=new.owner,
            name=new.name,
            created_at=new.created_at,
            last_active_at=new.created_at,
            metadata=dict(new.metadata),
            expires_after_days=new.expires_after_days,
        )
        self.draft.stores.put(store.id, store)
        return store

    async def get(self, id: VectorStoreId, *, owner: OwnerId) -> VectorStore:
        store = self.draft.stores.get(id)
        if store is None or store.owner != owner:
            raise VectorStoreNotFound(id)
        return replace(store, metadata=dict(store.metadata))

    async def page(
        self, *, owner: OwnerId, after: VectorStoreId | None, descending: bool, limit: int
    ) -> list[VectorStore]:
        mine = [store for _, store in rows(self.draft.stores) if store.owner == owner]
        return _page(mine, [store.id for store in mine], after, descending, limit)

    async def change(self, store: VectorStore) -> None:
        was = await self.get(store.id, owner=store.owner)
        self.draft.stores.put(store.id, replace(store, created_at=was.created_at, metadata=dict(store.metadata)))

    async def delete(self, id: VectorStoreId, *, owner: OwnerId) -> None:
        await self.get(id, owner=owner)
        self.draft.forget_store(id)

    async def put(
        self,
        id: VectorStoreId,
        files: Mapping[DocumentId, Attributes],
        *,
        owner: OwnerId,
        at: datetime,
        batch: FileBatchId | None = None,
    ) -> None:
        await self.get(id, owner=owner)
        for document, attributes in files.items():
            self.draft.document(document, owner)
            was = self.draft.store_files.get((id, document)) or StoredFile(attributes, at)
            now = replace(was, attributes=dict(attributes), batch=was.batch if batch is None else batch)
            self.draft.store_files.put((id, document), now)

    async def file(self, id: VectorStoreId, document: DocumentId, *, owner: OwnerId) -> StoreFile:
        await self.get(id, owner=owner)
        stored = self.draft.store_files.get((id, document))
        if stored is None:
            raise DocumentNotFound(document)
        return await self._file(id, document, stored, owner)

    async def files(
        self,
        id: VectorStoreId,
        *,
        owner: OwnerId,
        filter: FileFilter,
        after: DocumentId | None,
        descending: bool,
        limit: int,
    ) -> list[StoreFile]:
        await self.get(id, owner=owner)
        found = [await self._file(*key, stored, owner) for key, stored in self._of(id, filter.batch)]
        chosen = [file for file in found if filter.statuses is None or file.document.status in filter.statuses]
        return _page(chosen, [file.document.id for file in chosen], after, descending, limit)

    async def remove(self, id: VectorStoreId, document: DocumentId, *, owner: OwnerId) -> None:
        await self.file(id, document, owner=owner)
        self.draft.store_files.drop((id, document))

    async def attributes(self, id: VectorStoreId, *, owner: OwnerId) -> Mapping[DocumentId, Attributes]:
        await self.get(id, owner=owner)
        return {document: dict(stored.attributes) for (_, document), stored in self._of(id)}

    async def counts(
        self, ids: Collection[VectorStoreId], *, owner: OwnerId, batch: FileBatchId | None = None
    ) -> Mapping[VectorStoreId, FileCounts]:
        counted = {}
        for id in ids:
            if (store := self.draft.stores.get(id)) and store.owner == owner:
                of = [await self._file(*key, stored, owner) for key, stored in self._of(id, batch)]
                states = [file.document.status for file in of]
                numbers = {status: states.count(status) for status in DocumentStatus}
                counted[id] = counts_of(numbers, sum(file.document.size_bytes for file in of))
        return counted

    async def add_batch(self, id: VectorStoreId, *, owner: OwnerId, at: datetime) -> FileBatch:
        await self.get(id, owner=owner)
        batch = FileBatch(id=FileBatchId(next(self.draft.knowledge.batch_ids)), store_id=id, created_at=at)
        self.draft.batches.put(batch.id, batch)
        return batch

    async def batch(self, id: VectorStoreId, batch: FileBatchId, *, owner: OwnerId) -> FileBatch:
        await self.get(id, owner=owner)
        found = self.draft.batches.get(batch)
        if found is None or found.store_id != id:
            raise FileBatchNotFound(batch)
        return found

    async def cancel_batch(self, id: VectorStoreId, batch: FileBatchId, *, owner: OwnerId) -> FileBatch:
        cancelled = replace(await self.batch(id, batch, owner=owner), cancelled=True)
        self.draft.batches.put(batch, cancelled)
        return cancelled

    def _of(
        self, id: VectorStoreId, batch: FileBatchId | None = None
    ) -> list[tuple[tuple[VectorStoreId, DocumentId], StoredFile]]:
        mine = [(key, stored) for key, stored in rows(self.draft.store_files) if key[0] == id]
        return [(key, stored) for key, stored in mine if batch is None or stored.batch == batch]

    async def _file(self, id: VectorStoreId, document: DocumentId, stored: StoredFile, owner: OwnerId) -> StoreFile:
        found = await self.documents.get(document, owner=owner)
        return StoreFile(store_id=id, document=found, attributes=dict(stored.attributes), added_at=stored.added_at)


def _page(things: list[T], ids: Sequence[int], after: int | None, descending: bool, limit: int) -> list[T]:
    numbered = sorted(zip(ids, things, strict=True), key=lambda pair: pair[0], reverse=descending)
    behind = [thing for id, thing in numbered if after is None or (id < after if descending else id > after)]
    return behind[:limit]
