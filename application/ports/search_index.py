"""The port of chunks and the words that they are found by."""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.access import OwnerId
from domain.knowledge import Chunk, ChunkId, Document, DocumentId
from domain.retrieval.passage import Passage
from domain.retrieval.query import Query
from domain.retrieval.terms import Terms


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    chunk: Chunk
    terms: Terms


@dataclass(frozen=True, slots=True)
class WordHit:
    """`coverage` is the share of the query's weight that the chunk has, from 0 to 1."""

    id: ChunkId
    score: float
    coverage: float


class SearchIndex(Protocol):
    """Every method takes the owner, who has chunks of their own, numbered from 1 on and never reused.

    What is indexed is found from the moment on that its document is ready: never half of a document.
    """

    @abstractmethod
    async def begin(self, id: DocumentId, *, owner: OwnerId, chunks: int, at: datetime) -> Document:
        """Make room for so many chunks, in a new version of the document; what was indexed of it before is forgotten.

        Raise DocumentNotFound.
        """

    @abstractmethod
    async def add(self, document: Document, chunks: Sequence[IndexedChunk], *, at: datetime) -> Document:
        """Index the next chunks: the document as it is afterwards.

        The document is as `begin` or the `add` before returned it. Raise DocumentConflict when it has been begun anew
        since, or has gone on, or has no room for them; DocumentNotFound when it is gone.
        """

    @abstractmethod
    async def clear(self, id: DocumentId, *, owner: OwnerId, at: datetime) -> None:
        """Forget what is indexed of it, vectors too. Raise DocumentNotFound."""

    @abstractmethod
    async def languages(self, *, owner: OwnerId) -> frozenset[str]:
        """Those of the owner's documents."""

    @abstractmethod
    async def find(
        self, query: Query, *, owner: OwnerId, documents: Collection[DocumentId] | None = None, limit: int
    ) -> list[WordHit]:
        """The chunks that answer best to the words of the query, by BM25, best first and of equals the older first.

        Only chunks in which every phrase of the query stands, and only those of `documents` when given (those of others
        have none), and only those of documents that are ready; how rare a word is, all the owner's chunks say.
        """

    @abstractmethod
    async def passages(self, ids: Sequence[ChunkId], *, owner: OwnerId) -> list[Passage]:
        """Those that there are, in the order of the ids."""

    @abstractmethod
    async def passages_of(self, id: DocumentId, *, owner: OwnerId, first: int = 0, limit: int) -> list[Passage]:
        """The document's chunks in order, from the one at place `first` on. Raise DocumentNotFound."""
