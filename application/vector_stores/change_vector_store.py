"""Give a vector store another name, other metadata or another expiry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from application.ports.storage import BeginTransaction
from application.vector_stores.seen_store import SeenStore, seen_store
from domain.access import Principal
from domain.metadata import checked_metadata
from domain.vector_store import VectorStore, VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreChange:
    """What is None stays. With `changes_expiry` the days are set, where None is never."""

    name: str | None = None
    metadata: Mapping[str, str] | None = None
    expires_after_days: int | None = None
    changes_expiry: bool = False

    def of(self, store: VectorStore) -> VectorStore:
        return replace(
            store,
            name=store.name if self.name is None else self.name,
            metadata=store.metadata if self.metadata is None else checked_metadata(self.metadata),
            expires_after_days=self.expires_after_days if self.changes_expiry else store.expires_after_days,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVectorStore:
    begin: BeginTransaction

    async def __call__(self, principal: Principal, id: VectorStoreId, change: StoreChange) -> SeenStore:
        """Raise InvalidInput or VectorStoreNotFound."""
        async with self.begin() as tx:
            changed = change.of(await tx.vector_stores.get(id, owner=principal.owner))
            await tx.vector_stores.change(changed)
            seen = await seen_store(tx, changed)
            await tx.commit()
        return seen
