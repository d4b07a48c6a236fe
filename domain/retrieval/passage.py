"""What a search finds and an answer cites."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.knowledge import Chunk, ChunkId, DocumentId

# What a text says of its own sources would be taken for one of ours.
_OWN_MARKS = re.compile(r"\[(\^?\d+(?:\s*[,;–-]\s*\d+)*)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A chunk, and of which document it is; `version` is that of the document when it was indexed."""

    id: ChunkId
    document_id: DocumentId
    filename: str
    title: str
    version: int
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Source:
    """A passage under the number that an answer cites it by; `score` is what it got in the search."""

    number: int
    passage: Passage
    score: float = 0.0

    @property
    def shown(self) -> str:
        """As a model reads it: the number, where it is from, and what it says; its own marks in round brackets."""
        return f"[{self.number}] {self.place}\n{self.words}"

    @property
    def place(self) -> str:
        """Where it is from, on one line."""
        chunk, where = self.passage.chunk, [self.passage.filename]
        if chunk.first_page is not None:
            where.append(f"page {chunk.first_page}")
        return _OWN_MARKS.sub(r"(\1)", " ".join(", ".join([*where, *chunk.heading_path]).split()))

    @property
    def words(self) -> str:
        return _OWN_MARKS.sub(r"(\1)", self.passage.chunk.shown)


def numbered(passages: Iterable[Passage]) -> tuple[Source, ...]:
    """The passages as sources from 1 on, each once."""
    once = {passage.id: passage for passage in passages}
    return tuple(Source(number, passage) for number, passage in enumerate(once.values(), 1))
