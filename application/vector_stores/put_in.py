"""Documents put into a vector store, within a transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from application.ports.storage import Transaction
from domain.access import OwnerId
from domain.attribute_filter import Attributes, checked_attributes
from domain.errors import InvalidInput
from domain.knowledge import DocumentId
from domain.vector_store import MOST_FILES, FileBatchId, VectorStoreId

FileWishes = Mapping[DocumentId, Attributes]


async def put_in(
    tx: Transaction,
    id: VectorStoreId,
    files: FileWishes,
    *,
    owner: OwnerId,
    at: datetime,
    batch: FileBatchId | None = None,
) -> None:
    """Raise InvalidInput, VectorStoreNotFound or DocumentNotFound."""
    checked = {document: checked_attributes(attributes) for document, attributes in files.items()}
    store = await tx.vector_stores.get(id, owner=owner)
    await tx.vector_stores.put(id, checked, owner=owner, at=at, batch=batch)
    counts = await tx.vector_stores.counts([id], owner=owner)
    if counts[id].total > MOST_FILES:
        raise InvalidInput("file_ids", f"would make more than {MOST_FILES:,} files in this vector store")
    await tx.vector_stores.change(replace(store, last_active_at=at))
