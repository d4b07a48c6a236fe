"""Give a document back as it was uploaded."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from application.ports.blobs import BlobStore
from application.ports.storage import BeginRead
from domain.access import Principal
from domain.knowledge import Document, DocumentId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDocumentContent:
    read: BeginRead
    blobs: BlobStore

    async def __call__(self, principal: Principal, id: DocumentId) -> tuple[Document, AsyncGenerator[bytes, None]]:
        """Its bytes in pieces; close them. Raise DocumentNotFound, or BlobLost before the first piece."""
        async with self.read() as tx:
            document = await tx.documents.get(id, owner=principal.owner)
            blob = await tx.documents.blob(id, owner=principal.owner)
        pieces = self.blobs.read(blob)
        first = await anext(pieces, b"")
        return document, _with(first, pieces)


async def _with(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    try:
        yield first
        async for piece in rest:
            yield piece
    finally:
        await rest.aclose()
