"""The port of vector stores: named sets of documents, and the attributes that each has in each."""

from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.access import OwnerId
from domain.attribute_filter import Attributes
from domain.knowledge import DocumentId, DocumentStatus
from domain.vector_store import FileBatch, FileBatchId, FileCounts, StoreFile, VectorStore, VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVectorStore:
    owner: OwnerId
    name: str
    created_at: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)
    expires_after_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFilter:
    """Files of these states, or of one batch; None is all."""

    statuses: Collection[DocumentStatus] | None = None
    batch: FileBatchId | None = None


class VectorStoreRepository(Protocol):
    """Every method takes the owner: what belongs to another is not found.

    A document that is deleted is in no store any more, and a store that is deleted leaves its documents.
    """

    @abstractmethod
    async def add(self, new: NewVectorStore) -> VectorStore:
        """Store it under a fresh id, higher than every id before it."""

    @abstractmethod
    async def get(self, id: VectorStoreId, *, owner: OwnerId) -> VectorStore:
        """Raise VectorStoreNotFound."""

    @abstractmethod
    async def page(
        self, *, owner: OwnerId, after: VectorStoreId | None, descending: bool, limit: int
    ) -> list[VectorStore]:
        """By their ids, from behind `after`, at most `limit`."""

    @abstractmethod
    async def change(self, store: VectorStore) -> None:
        """Its name, metadata, expiry and when it was last active. Raise VectorStoreNotFound."""

    @abstractmethod
    async def delete(self, id: VectorStoreId, *, owner: OwnerId) -> None:
        """With its batches. Raise VectorStoreNotFound."""

    @abstractmethod
    async def put(
        self,
        id: VectorStoreId,
        files: Mapping[DocumentId, Attributes],
        *,
        owner: OwnerId,
        at: datetime,
        batch: FileBatchId | None = None,
    ) -> None:
        """Add these documents, or give those that are in it other attributes and the batch, if one is given.

        Raise VectorStoreNotFound, or DocumentNotFound for the first that is not the owner's.
        """

    @abstractmethod
    async def file(self, id: VectorStoreId, document: DocumentId, *, owner: OwnerId) -> StoreFile:
        """Raise VectorStoreNotFound, or DocumentNotFound for one that is not in it."""

    @abstractmethod
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
        """By the ids of the documents, from behind `after`, at most `limit`. Raise VectorStoreNotFound."""

    @abstractmethod
    async def remove(self, id: VectorStoreId, document: DocumentId, *, owner: OwnerId) -> None:
        """The document itself stays. Raise VectorStoreNotFound, or DocumentNotFound for one that is not in it."""

    @abstractmethod
    async def attributes(self, id: VectorStoreId, *, owner: OwnerId) -> Mapping[DocumentId, Attributes]:
        """Of all its documents. Raise VectorStoreNotFound."""

    @abstractmethod
    async def counts(
        self, ids: Collection[VectorStoreId], *, owner: OwnerId, batch: FileBatchId | None = None
    ) -> Mapping[VectorStoreId, FileCounts]:
        """Of each of these stores that is the owner's, or of one batch in it."""

    @abstractmethod
    async def add_batch(self, id: VectorStoreId, *, owner: OwnerId, at: datetime) -> FileBatch:
        """Raise VectorStoreNotFound."""

    @abstractmethod
    async def batch(self, id: VectorStoreId, batch: FileBatchId, *, owner: OwnerId) -> FileBatch:
        """Raise VectorStoreNotFound or FileBatchNotFound."""

    @abstractmethod
    async def cancel_batch(self, id: VectorStoreId, batch: FileBatchId, *, owner: OwnerId) -> FileBatch:
        """Note that it was stopped. Raise VectorStoreNotFound or FileBatchNotFound."""
