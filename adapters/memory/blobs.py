"""The bytes of uploads in memory, and their ledger."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from adapters.memory.knowledge import Knowledge, KnowledgeDraft, StoredBlob, rows
from application.ports.blobs import PIECE_BYTES, BlobLedger, BlobStore
from domain.access import OwnerId
from domain.blob import BlobId
from domain.errors import BlobLost


@dataclass(frozen=True, slots=True)
class MemoryBlobLedger(BlobLedger):
    draft: KnowledgeDraft

    async def expect(self, id: BlobId, *, owner: OwnerId, at: datetime) -> None:
        self.draft.blobs.put(id, StoredBlob(owner, at))

    async def release(self, id: BlobId) -> bool:
        expected = self.draft.blobs.get(id)
        if expected is None or self.draft.has_document(id):
            return False
        self.draft.blobs.put(id, replace(expected, to_erase=True))
        return True

    async def to_erase(self, *, expected_before: datetime, limit: int) -> list[BlobId]:
        for id, blob in rows(self.draft.blobs):
            if blob.at < expected_before:
                await self.release(id)
        return list(islice((id for id, blob in rows(self.draft.blobs) if blob.to_erase), limit))

    async def strike_out(self, id: BlobId) -> None:
        if not self.draft.has_document(id):
            self.draft.blobs.drop(id)


@dataclass(frozen=True, slots=True)
class MemoryBlobStore(BlobStore):
    knowledge: Knowledge
    description: str = "in memory"

    async def put(self, id: BlobId, pieces: AsyncIterator[bytes]) -> None:
        self.knowledge.bytes_of[id] = b"".join([piece async for piece in pieces])

    async def read(self, id: BlobId) -> AsyncGenerator[bytes, None]:
        content = self.knowledge.bytes_of.get(id)
        if content is None:
            raise BlobLost
        for start in range(0, len(content), PIECE_BYTES):
            yield content[start : start + PIECE_BYTES]

    async def erase(self, id: BlobId) -> None:
        self.knowledge.bytes_of.pop(id, None)
