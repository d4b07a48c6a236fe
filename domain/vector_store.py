"""A vector store: a named set of one's documents, each with attributes that a search can choose by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType

from domain.access import OwnerId
from domain.attribute_filter import Attributes
from domain.knowledge import Document, DocumentStatus

VectorStoreId = NewType("VectorStoreId", int)
FileBatchId = NewType("FileBatchId", int)

NAME_CHARACTERS = 256
MOST_FILES = 10_000
"""In one store."""
MOST_AT_ONCE = 2_000
"""Files that one request can add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorStore:
    """It expires so many days after it was last searched or added to, if that was asked for: then nothing is found."""

    id: VectorStoreId
    owner: OwnerId
    name: str
    created_at: datetime
    last_active_at: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)
    expires_after_days: int | None = None

    @property
    def expires_at(self) -> datetime | None:
        return self.last_active_at + timedelta(days=self.expires_after_days) if self.expires_after_days else None

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFile:
    """A document in a store; its state is the document's own, which is taken in once for all stores."""

    store_id: VectorStoreId
    document: Document
    attributes: Attributes
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBatch:
    """Files that were added to a store together."""

    id: FileBatchId
    store_id: VectorStoreId
    created_at: datetime
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCounts:
    """How many files are in which state, and the bytes of all."""

    in_progress: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    bytes: int = 0

    @property
    def total(self) -> int:
        return self.in_progress + self.completed + self.failed + self.cancelled


def counts_of(numbers: Mapping[DocumentStatus, int], size_bytes: int) -> FileCounts:
    return FileCounts(
        in_progress=sum(number for status, number in numbers.items() if status.is_active),
        completed=numbers.get(DocumentStatus.READY, 0),
        failed=numbers.get(DocumentStatus.FAILED, 0),
        cancelled=numbers.get(DocumentStatus.CANCELLED, 0),
        bytes=size_bytes,
    )
