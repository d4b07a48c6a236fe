"""So many characters, then so many back: the yardstick for everything else."""

from collections.abc import Iterator

from domain.chunking.settings import ChunkSettings
from domain.reading import Span


def fixed_spans(length: int, settings: ChunkSettings) -> Iterator[Span]:
    """Windows of `size` characters; each begins `overlap` characters before the last one ended."""
    start = 0
    while start + settings.size < length:
        yield Span(start, start + settings.size)
        start += settings.size - settings.overlap
    yield Span(start, length)
