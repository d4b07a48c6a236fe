"""The port of vectors: one a chunk and model, so that a model can be replaced while the one before still answers."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

from domain.access import OwnerId
from domain.knowledge import ChunkId, DocumentId

GenerationId = NewType("GenerationId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """All vectors of one model and length. The current one is what is searched, the others are being built beside it.

    `method` says in one sentence how they are searched.
    """

    id: GenerationId
    model: str
    dimensions: int
    is_current: bool
    method: str


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A chunk that has no vector yet; `text` is what is to be embedded."""

    owner: OwnerId
    document_id: DocumentId
    id: ChunkId
    text: str


@dataclass(frozen=True, slots=True)
class VectorHit:
    """`similarity` is the cosine of the angle between the two vectors."""

    id: ChunkId
    similarity: float


class VectorIndex(Protocol):
    @abstractmethod
    async def generations(self) -> list[Generation]:
        """The current one first, then the others, oldest first."""

    @abstractmethod
    async def generation(self, model: str, dimensions: int) -> Generation:
        """That of this model and length. When there is none it is made: the very first is the current one."""

    @abstractmethod
    async def add(self, generation: Generation, vectors: Mapping[ChunkId, Sequence[float]], *, owner: OwnerId) -> None:
        """Store the vectors of the owner's chunks. Those of a chunk that is gone, or has one already, are left out.

        Raise ValueError unless all are as long as the generation says.
        """

    @abstractmethod
    async def missing(
        self,
        generation: Generation,
        *,
        after: Unembedded | None = None,
        document: DocumentId | None = None,
        limit: int,
    ) -> list[Unembedded]:
        """Chunks, anybody's, that have no vector in it: owner by owner in the order of their ids, from behind `after`.

        At most `limit` of them, and only those of `document` when given. For whoever embeds them, not for a caller.
        """

    @abstractmethod
    async def make_current(self, generation: Generation) -> bool:
        """Search it from now on and forget the others. While a chunk lacks a vector, nothing changes: False."""

    @abstractmethod
    async def find(
        self,
        generation: Generation,
        vector: Sequence[float],
        *,
        owner: OwnerId,
        documents: Collection[DocumentId] | None = None,
        limit: int,
    ) -> list[VectorHit]:
        """The owner's chunks nearest to the vector, nearest first and of equals the older first.

        Only those of documents that are ready, and of `documents` when given. There are `limit` of them whenever so
        many have a vector.
        """
