"""What an answer points to: documents, chunks, and the checked pointers into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType

DocumentId = NewType("DocumentId", int)
ChunkId = NewType("ChunkId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A pointer into a document: `quote` is what stands from `start` to `end` of its text, as read then.

    `verified` says that it was found to stand there still, on this page. Without a quote nothing in the passage was
    like what the answer says, or the answer is still being written; then the span is the whole passage, and it is never
    verified. `excerpt` is the part of the passage to show for the question, and `score` how well it answered in the
    search.
    """

    number: int
    chunk_id: ChunkId
    document_id: DocumentId
    filename: str
    version: int
    page: int | None
    start: int
    end: int
    quote: str = ""
    verified: bool = False
    score: float = 0.0
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class SourceCited:
    """The text that follows cites this source, for the first time; its quote is not looked for yet."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class SourcesChecked:
    """Every citation of the answer so far, with its quote: these take the place of what was announced."""

    citations: tuple[Citation, ...]


CitingEvent = SourceCited | SourcesChecked


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreScope:
    """Vector stores to search in, by their ids: the files whose attributes pass the filters.

    Nothing that scores below `least_score` is found.
    """

    stores: tuple[int, ...]
    filters: Mapping[str, Any] | None = None
    least_score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """What an answer has to rest on: at most so many `passages` of these documents, or of all the owner's.

    What an agent searches may be in vector stores instead.
    """

    documents: tuple[DocumentId, ...] | None = None
    passages: int = 5
    stores: StoreScope | None = None
