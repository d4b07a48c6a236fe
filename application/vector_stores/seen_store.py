"""A vector store together with how many files are in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.storage import ReadTransaction
from domain.vector_store import FileCounts, VectorStore


@dataclass(frozen=True, slots=True)
class SeenStore:
    store: VectorStore
    counts: FileCounts


async def seen_store(tx: ReadTransaction, store: VectorStore) -> SeenStore:
    [seen] = await seen_stores(tx, [store])
    return seen


async def seen_stores(tx: ReadTransaction, stores: Sequence[VectorStore]) -> list[SeenStore]:
    """They are all of one owner."""
    if not stores:
        return []
    counts = await tx.vector_stores.counts([store.id for store in stores], owner=stores[0].owner)
    return [SeenStore(store, counts.get(store.id, FileCounts())) for store in stores]
