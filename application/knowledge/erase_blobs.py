"""Erase what the ledger of blobs says is to be erased, in whatever store it is."""

from dataclasses import dataclass
from datetime import timedelta

from application.ports.blobs import BlobStore
from application.ports.clock import Now
from application.ports.storage import BeginTransaction

AT_ONCE = 50
EXPECTED_FOR = timedelta(hours=24)
"""Longer than any upload takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseBlobs:
    begin: BeginTransaction
    blobs: BlobStore
    now: Now

    async def __call__(self) -> int:
        """How many were erased. Done again after a crash, it goes on where it was. Raise StorageUnavailable."""
        async with self.begin() as tx:
            ids = await tx.blobs.to_erase(expected_before=self.now() - EXPECTED_FOR, limit=AT_ONCE)
            await tx.commit()
        for id in ids:
            await self.blobs.erase(id)
            async with self.begin() as tx:
                await tx.blobs.strike_out(id)
                await tx.commit()
        return len(ids)
