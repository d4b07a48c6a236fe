"""The ports of the bytes of uploads: where they are, and which of them there are."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime
from typing import Protocol

from domain.access import OwnerId
from domain.blob import BlobId

PIECE_BYTES = 256 * 1024
"""About the size of the pieces in which blobs come and go: nobody holds one whole who need not."""


class BlobStore(Protocol):
    """Keeps bytes under ids that are drawn by us. Every method raises StorageUnavailable when it cannot be asked."""

    @property
    @abstractmethod
    def description(self) -> str:
        """Where the bytes are, in a sentence for the operator, without a secret."""

    @abstractmethod
    async def put(self, id: BlobId, pieces: AsyncIterator[bytes]) -> None:
        """Store all the pieces, one after the other; durable when this returns.

        The ledger expects the id. When this raises, which it does with whatever `pieces` raises, or is cancelled,
        nothing can be read under the id, though some of it may have to be erased.
        """

    @abstractmethod
    def read(self, id: BlobId) -> AsyncGenerator[bytes, None]:
        """The bytes in pieces, none empty. Raises BlobLost, before the first of them, when there is no such blob."""

    @abstractmethod
    async def erase(self, id: BlobId) -> None:
        """Nothing of it is left when this returns, also of one that was never whole. No such blob is no error."""


class BlobLedger(Protocol):
    """In a database transaction: every blob is entered before its first byte is stored and struck out after its last
    is erased, so that none is left behind, whatever dies when."""

    @abstractmethod
    async def expect(self, id: BlobId, *, owner: OwnerId, at: datetime) -> None:
        """Bytes are about to be stored under this fresh id; a document will take it, or it is to be erased."""

    @abstractmethod
    async def release(self, id: BlobId) -> bool:
        """Whether it is to be erased now, because no document has it, or will."""

    @abstractmethod
    async def to_erase(self, *, expected_before: datetime, limit: int) -> list[BlobId]:
        """Those to be erased; from now on also those that were expected before that and that no document took."""

    @abstractmethod
    async def strike_out(self, id: BlobId) -> None:
        """It was erased. Does nothing for one that a document has."""
