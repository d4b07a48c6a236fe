"""What is seen of an upload while it passes: how long it is, its digest, and whether it can be read at all."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from application.ports.document_reader import DocumentReader
from domain.blob import BlobId
from domain.errors import DocumentTooLarge, DocumentUnreadable, UnreadableCause

HEAD_BYTES = 4 * 1024
TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are stored and that no document has yet; `digest` is their SHA-256 in hex."""

    blob: BlobId
    digest: str
    size_bytes: int


@dataclass(slots=True, kw_only=True)
class Upload:
    reader: DocumentReader
    max_bytes: int
    size_bytes: int = 0
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _head: bytes = b""
    _tail: bytes = b""

    async def passing(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The pieces as they come. Raise DocumentTooLarge as soon as they are, and UnsupportedDocument as soon as that
        can be seen, DocumentUnreadable at the end of nothing."""
        async for piece in pieces:
            self.size_bytes += len(piece)
            if self.size_bytes > self.max_bytes:
                raise DocumentTooLarge(f"bytes: at most {self.max_bytes}")
            self._digest.update(piece)
            is_beginning = len(self._head) < HEAD_BYTES
            self._head += piece[: HEAD_BYTES - len(self._head)]
            self._tail = (self._tail + piece)[-TAIL_BYTES:]
            if is_beginning and len(self._head) >= HEAD_BYTES:
                self.reader.look(self._head)
            yield piece
        if not self.size_bytes:
            raise DocumentUnreadable(UnreadableCause.EMPTY)
        self.reader.look(self._head, self._tail)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()
