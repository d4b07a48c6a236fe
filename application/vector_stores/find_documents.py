"""Which documents a search in vector stores is about: those whose attributes fit, known before anything is searched."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from application.ports.clock import Now
from application.ports.storage import BeginRead, BeginTransaction
from domain.access import OwnerId
from domain.attribute_filter import Attributes, matches
from domain.citation import StoreScope
from domain.errors import InvalidInput
from domain.knowledge import DocumentId
from domain.vector_store import VectorStore, VectorStoreId

NOTED_EVERY = timedelta(minutes=1)
"""That a store is in use is not written down more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDocuments:
    begin: BeginTransaction
    read: BeginRead
    now: Now

    async def __call__(self, owner: OwnerId, scope: StoreScope) -> dict[DocumentId, Attributes]:
        """Each with the attributes that fit. Raise VectorStoreNotFound, or InvalidInput for a store that is expired."""
        found: dict[DocumentId, Attributes] = {}
        idle: list[VectorStore] = []
        async with self.read() as tx:
            for id in map(VectorStoreId, scope.stores):
                store = await tx.vector_stores.get(id, owner=owner)
                if store.is_expired(self.now()):
                    raise InvalidInput("vector_store_ids", f"the vector store {store.name[:100]!r} has expired")
                if store.last_active_at + NOTED_EVERY < self.now():
                    idle.append(store)
                found = _fitting(await tx.vector_stores.attributes(id, owner=owner), scope) | found
        if idle:
            async with self.begin() as tx:
                for store in idle:
                    latest = await tx.vector_stores.get(store.id, owner=owner)
                    await tx.vector_stores.change(replace(latest, last_active_at=self.now()))
                await tx.commit()
        return found


def _fitting(files: Mapping[DocumentId, Attributes], scope: StoreScope) -> dict[DocumentId, Attributes]:
    return {id: one for id, one in files.items() if scope.filters is None or matches(scope.filters, one)}
