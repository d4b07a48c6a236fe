"""The bytes of uploads in the database itself: one thing to back up, and they go in the transaction that drops them."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adapters.sql.backend import Backend
from adapters.sql.knowledge_tables import blob_parts
from application.ports.blobs import PIECE_BYTES, BlobStore
from domain.blob import BlobId
from domain.errors import BlobLost

p = blob_parts.c
THIS = p.blob_id == sa.bindparam("blob")
INSERT = sa.insert(blob_parts)
PART = sa.select(p.data).where(THIS, p.part == sa.bindparam("number"))
ERASE = sa.delete(blob_parts).where(THIS)
END = b""
"""The last part is empty, so that one that was never whole cannot be read."""


@dataclass(frozen=True, slots=True)
class SqlBlobStore(BlobStore):
    """A part a transaction: a value is copied several times on its way, and others want to write meanwhile."""

    backend: Backend
    description: str = "in the database"

    async def put(self, id: BlobId, pieces: AsyncIterator[bytes]) -> None:
        number, waiting = 0, bytearray()
        async for piece in pieces:
            waiting += piece
            while len(waiting) >= PIECE_BYTES:
                await self._insert(id, number, bytes(waiting[:PIECE_BYTES]))
                number, waiting = number + 1, waiting[PIECE_BYTES:]
        if waiting:
            await self._insert(id, number, bytes(waiting))
            number += 1
        await self._insert(id, number, END)

    async def read(self, id: BlobId) -> AsyncGenerator[bytes, None]:
        if not await self._is_whole(id):
            raise BlobLost
        number = 0
        while data := await self._part(id, number):
            yield data
            number += 1

    async def erase(self, id: BlobId) -> None:
        async with self.backend.begin() as session:
            await session.run(lambda connection: connection.execute(ERASE, {"blob": id}), slow=True)
            await session.commit()

    async def _insert(self, id: BlobId, number: int, data: bytes) -> None:
        row = {"blob_id": id, "part": number, "data": data}
        try:
            async with self.backend.begin() as session:
                await session.run(lambda connection: connection.execute(INSERT, row), slow=True)
                await session.commit()
        except IntegrityError as error:  # it was struck out meanwhile
            raise BlobLost from error

    async def _part(self, id: BlobId, number: int) -> bytes:
        where = {"blob": id, "number": number}
        async with self.backend.read() as session:
            data = await session.run(lambda connection: connection.execute(PART, where).scalar_one_or_none(), slow=True)
        if data is None:
            raise BlobLost
        return bytes(data)

    async def _is_whole(self, id: BlobId) -> bool:
        last = sa.select(sa.func.length(p.data)).where(THIS).order_by(p.part.desc()).limit(1)
        async with self.backend.read() as session:
            length = await session.run(lambda c: c.execute(last, {"blob": id}).scalar_one_or_none(), slow=True)
        return bool(length == 0)
