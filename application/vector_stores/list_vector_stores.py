"""List one's vector stores."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from application.vector_stores.seen_store import SeenStore, seen_stores
from domain.access import Principal
from domain.vector_store import VectorStoreId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListVectorStores:
    read: BeginRead

    async def __call__(
        self, principal: Principal, *, after: VectorStoreId | None, descending: bool, limit: int
    ) -> tuple[list[SeenStore], bool]:
        """By their ids, from behind `after`; and whether there are more."""
        async with self.read() as tx:
            page = await tx.vector_stores.page(
                owner=principal.owner, after=after, descending=descending, limit=limit + 1
            )
            return await seen_stores(tx, page[:limit]), len(page) > limit
