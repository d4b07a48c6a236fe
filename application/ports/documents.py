"""The port of uploaded documents: what they are, where their bytes are, and their text."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import OwnerId
from domain.blob import BlobId
from domain.knowledge import Document, DocumentId
from domain.reading import MediaType, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """`digest` is the SHA-256 of the bytes in hex, `blob` where they are; `strategy` names how it is to be cut."""

    owner: OwnerId
    filename: str
    digest: str
    blob: BlobId
    size_bytes: int
    created_at: datetime
    media_type: MediaType | None = None
    strategy: str = ""


class DocumentRepository(Protocol):
    """Every method takes the owner: what belongs to another is not found."""

    @abstractmethod
    async def add(self, new: NewDocument) -> tuple[Document, bool]:
        """Store it, queued, and say True: its blob is then kept for as long as it is. Or the owner's document of the
        same digest, and False.

        Of simultaneous callers with the same bytes exactly one is told True. Raise BlobLost when the blob was not
        expected, or is to be erased.
        """

    @abstractmethod
    async def get(self, id: DocumentId, *, owner: OwnerId) -> Document:
        """Raise DocumentNotFound, also when somebody else owns it."""

    @abstractmethod
    async def page(self, *, owner: OwnerId, before: DocumentId | None, limit: int) -> list[Document]:
        """Newest id first, only ids below `before`, at most `limit`."""

    @abstractmethod
    async def change(self, document: Document, *, was: Document) -> None:
        """Store what it has become: its status, problem, media type, title, pages, language, strategy, run and time.

        How far it is indexed, and in which version, only the search index says. Raise DocumentConflict when its status
        or its run is no longer what it `was`, DocumentNotFound when it is gone.
        """

    @abstractmethod
    async def blob(self, id: DocumentId, *, owner: OwnerId) -> BlobId:
        """Where the bytes are, as they were uploaded. Raise DocumentNotFound."""

    @abstractmethod
    async def keep_reading(self, id: DocumentId, reading: Reading, *, owner: OwnerId) -> None:
        """Store the text that its chunks are spans of, with all that is known of it; one before goes.

        Raise DocumentNotFound.
        """

    @abstractmethod
    async def reading(self, id: DocumentId, *, owner: OwnerId) -> Reading | None:
        """As it was kept. None until it was read. Raise DocumentNotFound."""

    @abstractmethod
    async def delete(self, id: DocumentId, *, owner: OwnerId) -> None:
        """With its text, chunks, words and vectors: nothing of it can be found afterwards.

        Its blob is to be erased: the bytes that are in this database go at once. Raise DocumentNotFound.
        """

    @abstractmethod
    async def unsettled(self, *, limit: int) -> list[Document]:
        """Anybody's: those at work whose run has ended or is gone, and those that were stopped and still have chunks.

        For whoever tidies up, not for a caller.
        """
