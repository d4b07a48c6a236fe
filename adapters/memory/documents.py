"""Uploaded documents in memory."""

from dataclasses import dataclass, replace
from itertools import islice

from adapters.memory.knowledge import KnowledgeDraft, StoredDocument
from adapters.memory.tables import Draft
from application.ports.documents import DocumentRepository, NewDocument
from domain.access import OwnerId
from domain.errors import DocumentConflict
from domain.knowledge import Document, DocumentId
from domain.reading import Reading


@dataclass(frozen=True, slots=True)
class MemoryDocuments(DocumentRepository):
    draft: Draft
    knowledge: KnowledgeDraft

    async def add(self, new: NewDocument, content: bytes) -> tuple[Document, bool]:
        for stored in self.knowledge.documents.newest_first():
            if (stored.document.owner, stored.document.digest) == (new.owner, new.digest):
                return self._seen(stored), False
        document = Document(
            id=DocumentId(next(self.knowledge.knowledge.document_ids)),
            owner=new.owner,
            filename=new.filename,
            digest=new.digest,
            size_bytes=new.size_bytes,
            created_at=new.created_at,
            updated_at=new.created_at,
            media_type=new.media_type,
            strategy=new.strategy,
        )
        self.knowledge.documents.put(document.id, StoredDocument(document, bytes(content)))
        return document, True

    async def get(self, id: DocumentId, *, owner: OwnerId) -> Document:
        return self._seen(self.knowledge.document(id, owner))

    async def page(self, *, owner: OwnerId, before: DocumentId | None, limit: int) -> list[Document]:
        mine = (
            self._seen(stored)
            for stored in self.knowledge.documents.newest_first()
            if stored.document.owner == owner and (before is None or stored.document.id < before)
        )
        return list(islice(mine, limit))

    async def change(self, document: Document, *, was: Document) -> None:
        stored = self.knowledge.document(document.id, document.owner)
        now = self._seen(stored)
        if (now.status, now.run_id) != (was.status, was.run_id):
            raise DocumentConflict(now.status, document.status)
        progress = {name: getattr(now, name) for name in ("chunks", "indexed", "version")}
        kept = {name: getattr(now, name) for name in ("filename", "digest", "size_bytes", "created_at")}
        self.knowledge.documents.put(document.id, replace(stored, document=replace(document, **progress, **kept)))

    async def content(self, id: DocumentId, *, owner: OwnerId) -> bytes:
        return self.knowledge.document(id, owner).content

    async def keep_reading(self, id: DocumentId, reading: Reading, *, owner: OwnerId) -> None:
        kept = Reading(text=reading.text, media_type=reading.media_type, pages=reading.pages)
        self.knowledge.documents.put(id, replace(self.knowledge.document(id, owner), reading=kept))

    async def reading(self, id: DocumentId, *, owner: OwnerId) -> Reading | None:
        return self.knowledge.document(id, owner).reading

    async def delete(self, id: DocumentId, *, owner: OwnerId) -> None:
        self.knowledge.document(id, owner)
        self.knowledge.forget_chunks(id, owner)
        self.knowledge.documents.drop(id)

    def _seen(self, stored: StoredDocument) -> Document:
        """A run that was deleted is named no more."""
        document = stored.document
        gone = document.run_id is not None and self.draft.runs.get(document.run_id) is None
        return replace(document, run_id=None) if gone else document
