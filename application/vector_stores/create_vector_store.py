"""Begin a vector store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from application.ports.vector_stores import NewVectorStore
from application.vector_stores.seen_store import SeenStore, seen_store
from domain.access import Principal
from domain.attribute_filter import Attributes
from domain.errors import InvalidInput
from domain.knowledge import DocumentId
from domain.metadata import checked_metadata
from domain.vector_store import MOST_AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedStore:
    """`expires_after_days` counts from when it was last active; None is never."""

    name: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    expires_after_days: int | None = None
    documents: Sequence[DocumentId] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateVectorStore:
    begin: BeginTransaction
    now: Now

    async def __call__(self, principal: Principal, wanted: WantedStore) -> SeenStore:
        """With these documents in it. Raise InvalidInput or DocumentNotFound, having stored nothing."""
        if len(wanted.documents) > MOST_AT_ONCE:
            raise InvalidInput("file_ids", f"must be at most {MOST_AT_ONCE:,} files at once")
        new = NewVectorStore(
            owner=principal.owner,
            name=wanted.name,
            created_at=self.now(),
            metadata=checked_metadata(wanted.metadata),
            expires_after_days=wanted.expires_after_days,
        )
        async with self.begin() as tx:
            store = await tx.vector_stores.add(new)
            files: dict[DocumentId, Attributes] = {document: {} for document in wanted.documents}
            await tx.vector_stores.put(store.id, files, owner=principal.owner, at=self.now())
            seen = await seen_store(tx, store)
            await tx.commit()
        return seen
