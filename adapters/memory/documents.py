"""Uploaded documents in memory."""

from dataclasses import dataclass, replace
from itertools import islice

from adapters.memory.knowledge import KnowledgeDraft, StoredDocument, rows
from adapters.memory.tables import Draft
from application.ports.documents import DocumentRepository, NewDocument
from domain.access import OwnerId
from domain.blob import BlobId
from domain.errors import BlobLost, DocumentConflict
from domain.knowledge import Document, DocumentId, DocumentStatus
from domain.reading import Reading


@dataclass(frozen=True, slots=True)
class MemoryDocuments(DocumentRepository):
    draft: Draft
    knowledge: KnowledgeDraft

    async def add(self, new: NewDocument) -> tuple[Document, bool]:
        for stored in self.knowledge.documents.newest_first():
            if (stored.document.owner, stored.document.digest) == (new.owner, new.digest):
                return self._seen(stored), False
        expected = self.knowledge.blobs.get(new.blob)
        if expected is None or expected.to_erase or self.knowledge.has_document(new.blob):
            raise BlobLost
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
        self.knowledge.documents.put(document.id, StoredDocument(document, new.blob))
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

    async def blob(self, id: DocumentId, *, owner: OwnerId) -> BlobId:
        return self.knowledge.document(id, owner).blob

    async def keep_reading(self, id: DocumentId, reading: Reading, *, owner: OwnerId) -> None:
        self.knowledge.documents.put(id, replace(self.knowledge.document(id, owner), reading=reading))

    async def reading(self, id: DocumentId, *, owner: OwnerId) -> Reading | None:
        return self.knowledge.document(id, owner).reading

    async def delete(self, id: DocumentId, *, owner: OwnerId) -> None:
        self.knowledge.forget_document(id, owner)

    async def unsettled(self, *, limit: int) -> list[Document]:
        everybodys = (self._seen(stored) for _, stored in rows(self.knowledge.documents))
        return list(islice((document for document in everybodys if self._is_unsettled(document)), limit))

    def _is_unsettled(self, document: Document) -> bool:
        if not document.status.is_active:
            return document.status is not DocumentStatus.READY and document.chunks > 0
        run = self.draft.runs.get(document.run_id) if document.run_id is not None else None
        return run is None or not run.status.is_active

    def _seen(self, stored: StoredDocument) -> Document:
        """A run that was deleted is named no more."""
        document = stored.document
        gone = document.run_id is not None and self.draft.runs.get(document.run_id) is None
        return replace(document, run_id=None) if gone else document
