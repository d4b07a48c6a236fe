"""List one's documents."""

from dataclasses import dataclass

from application.knowledge.get_document import seen
from application.ports.storage import BeginRead
from domain.access import Principal
from domain.knowledge import Document, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocuments:
    read: BeginRead

    async def __call__(
        self, principal: Principal, *, before: DocumentId | None, limit: int
    ) -> tuple[list[Document], bool]:
        """Newest first, below `before`; and whether there are more."""
        async with self.read() as tx:
            page = await tx.documents.page(owner=principal.owner, before=before, limit=limit + 1)
            return [await seen(tx, document, principal.owner) for document in page[:limit]], len(page) > limit
