"""Documents and the chunks that they are searched by."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from domain.access import OwnerId
from domain.citation import ChunkId as ChunkId
from domain.citation import DocumentId as DocumentId
from domain.errors import DocumentConflict
from domain.reading import MediaType
from domain.run import Problem, RunId

NAME_CHARACTERS = 200


class DocumentStatus(StrEnum):
    QUEUED = "queued"
    READING = "reading"
    INDEXING = "indexing"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """Somebody is at work on it, or will be."""
        return self in (DocumentStatus.QUEUED, DocumentStatus.READING, DocumentStatus.INDEXING)

    @property
    def is_stopped(self) -> bool:
        """It is not searched and nobody is at work on it; it may be tried again."""
        return self in (DocumentStatus.FAILED, DocumentStatus.CANCELLED)


_STOPPED = frozenset({DocumentStatus.FAILED, DocumentStatus.CANCELLED})
NEXT: dict[DocumentStatus, frozenset[DocumentStatus]] = {
    DocumentStatus.QUEUED: _STOPPED | {DocumentStatus.READING},
    # back to queued: the worker died, and another begins anew
    DocumentStatus.READING: _STOPPED | {DocumentStatus.INDEXING, DocumentStatus.QUEUED},
    DocumentStatus.INDEXING: _STOPPED | {DocumentStatus.READY, DocumentStatus.QUEUED},
    DocumentStatus.READY: frozenset(),
    DocumentStatus.FAILED: frozenset({DocumentStatus.QUEUED}),
    DocumentStatus.CANCELLED: frozenset({DocumentStatus.QUEUED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What somebody uploaded. `digest` is the SHA-256 of its bytes in hex: the same bytes again are this document.

    `indexed` of `chunks` are indexed, and found once it is ready; `problem` says why it failed. `version` rises each
    time that it is indexed anew, by `run_id`, cut into chunks by the named `strategy`; `language` is an ISO 639-1 code.
    """

    id: DocumentId
    owner: OwnerId
    filename: str
    digest: str
    size_bytes: int
    created_at: datetime
    updated_at: datetime
    status: DocumentStatus = DocumentStatus.QUEUED
    media_type: MediaType | None = None
    title: str = ""
    pages: int = 0
    chunks: int = 0
    indexed: int = 0
    problem: Problem | None = None
    language: str = ""
    strategy: str = ""
    version: int = 0
    run_id: RunId | None = None

    def moved(self, to: DocumentStatus, at: datetime, *, problem: Problem | None = None) -> Self:
        """The document in its next state. Raises DocumentConflict when that does not follow from this one.

        Queued again it has made no progress yet.
        """
        if to not in NEXT[self.status]:
            raise DocumentConflict(self.status, to)
        moved = replace(self, status=to, updated_at=at, problem=problem)
        return replace(moved, chunks=0, indexed=0) if to is DocumentStatus.QUEUED else moved


class ChunkKind(StrEnum):
    TEXT = "text"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A span of a document's text: `text` is exactly what stands from `start` to `end`.

    `prefix` is what a reader needs besides and does not stand there: the caption and the header of a table that was
    split. `heading_path` leads to it from the top. Pages are None where the document has none.
    """

    start: int
    end: int
    text: str
    kind: ChunkKind = ChunkKind.TEXT
    prefix: str = ""
    heading_path: tuple[str, ...] = ()
    first_page: int | None = None
    last_page: int | None = None

    @property
    def shown(self) -> str:
        """What a model is given to read."""
        return f"{self.prefix}\n{self.text}" if self.prefix else self.text

    def indexed_as(self, title: str) -> str:
        """What is indexed and embedded: where it stands, then what it says.

        A chunk that says "it" is then found by the name of what it is about; no model is asked to write that context.
        """
        steps = [step for step in (title, *self.heading_path) if step]
        where = " > ".join(dict.fromkeys(steps))
        return f"{where}\n{self.shown}" if where else self.shown


def shown_name(filename: str) -> str:
    """The last part of an uploaded name, fit to be shown: without paths, control and invisible characters."""
    name = re.split(r"[/\\]", filename)[-1]
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(name.split())[:NAME_CHARACTERS].strip() or "document"
