"""The port of whatever turns the bytes of a document into text."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from domain.reading import Reading

Progress = Callable[[int, int], None]
"""Told that so many pages of so many are read. Called in the event loop, at most some 100 times a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """What one document may cost. `max_characters` bounds its text, `memory_bytes` what its reader may take up."""

    max_bytes: int = 50 * 1024 * 1024
    max_pages: int = 2000
    max_characters: int = 20_000_000
    timeout_seconds: float = 120.0
    memory_bytes: int = 1024 * 1024 * 1024


DEFAULT_LIMITS = ReadingLimits()


class DocumentReader(Protocol):
    @abstractmethod
    def look(self, head: bytes, tail: bytes | None = None) -> None:
        """Raise UnsupportedDocument if its first bytes already show that it is of a kind that cannot be read.

        With `tail`, its last 64 KiB or all of it, more kinds are told apart. What passes may turn out to be of another
        kind when it is read. Cheap: for the event loop.
        """

    @abstractmethod
    async def read(
        self,
        content: bytes,
        filename: str,
        *,
        limits: ReadingLimits = DEFAULT_LIMITS,
        progress: Progress | None = None,
    ) -> Reading:
        """Read the whole document, or raise.

        What it is, is seen from its bytes. `filename` decides only between kinds of text that look the same, such as
        Markdown and plain text, and need not be safe: nothing is opened by that name.

        Raises UnsupportedDocument when it is of another kind; DocumentUnreadable when it holds no text, is protected or
        damaged, or takes more time or memory than `limits` allow; DocumentTooLarge when it has more bytes, pages or
        characters. Raises TooBusy when no reader could be started, which says nothing about the document. What
        `progress` raises goes on to the caller.

        Nobody else waits for it: the event loop is free meanwhile. When the task is cancelled, or anything is raised,
        whatever reads has been ended before that goes on to the caller.
        """
