"""Store the bytes of an upload as they come; what is not wanted leaves nothing behind."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from application.knowledge.discard_blob import DiscardBlob
from application.knowledge.upload import Received, Upload
from application.ports.blobs import BlobStore
from application.ports.clock import Now
from application.ports.document_reader import DocumentReader
from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.blob import BlobId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveUpload:
    begin: BeginTransaction
    blobs: BlobStore
    reader: DocumentReader
    discard: DiscardBlob
    now: Now
    new_id: Callable[[], str]
    max_bytes: int

    async def __call__(self, principal: Principal, pieces: AsyncIterator[bytes]) -> Received:
        """Whoever calls has to hand it to UploadDocument; if they die before, it is erased when its time is over.

        Raise DocumentTooLarge, UnsupportedDocument or DocumentUnreadable, as early as that can be told; and whatever
        `pieces` raises.
        """
        blob = BlobId(self.new_id())
        async with self.begin() as tx:
            await tx.blobs.expect(blob, owner=principal.owner, at=self.now())
            await tx.commit()
        upload = Upload(reader=self.reader, max_bytes=self.max_bytes)
        try:
            await self.blobs.put(blob, upload.passing(pieces))
        except BaseException:
            await self.discard(blob)
            raise
        return Received(blob, upload.digest, upload.size_bytes)
