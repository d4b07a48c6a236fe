"""Erase bytes that no document has."""

import logging
from dataclasses import dataclass

import anyio

from application.ports.blobs import BlobStore
from application.ports.storage import BeginTransaction
from domain.blob import BlobId
from domain.errors import StorageUnavailable

log = logging.getLogger(__name__)

LAST_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardBlob:
    begin: BeginTransaction
    blobs: BlobStore

    async def __call__(self, id: BlobId) -> None:
        """Also while the caller is being cancelled. What cannot be erased now is erased later, by EraseBlobs."""
        with anyio.move_on_after(LAST_SECONDS, shield=True):
            try:
                async with self.begin() as tx:
                    is_nobodys = await tx.blobs.release(id)
                    await tx.commit()
                if not is_nobodys:
                    return  # whoever was cancelled had been stored all the same
                await self.blobs.erase(id)
                async with self.begin() as tx:
                    await tx.blobs.strike_out(id)
                    await tx.commit()
            except StorageUnavailable as error:
                log.warning("the bytes of an upload will be erased later: %s", error)
