"""The default strategy: sections first, then whole sentences."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from domain.chunking.blocks import Cutter
from domain.chunking.packing import packed
from domain.chunking.settings import ChunkSettings
from domain.reading import Section, Span

TINY = 4
"""A section of less than a fourth of a chunk is not worth a chunk of its own."""


def structure_spans(
    cutter: Cutter, sections: Sequence[Section], region: Span, settings: ChunkSettings
) -> Iterator[Span]:
    """Spans within `region` that do not cross from a section into the next, unless the first is tiny."""
    for group in _groups(sections, region, settings.size):
        yield from packed(cutter.pieces(group.start, group.end), settings.size, settings.overlap)


def _groups(sections: Sequence[Section], region: Span, size: int) -> Iterator[Span]:
    """The sections within `region`; tiny ones are one with those that follow, for as long as these fit whole."""
    kept = Span(region.start, region.start)
    at = max(0, bisect_right(sections, region.start, key=lambda section: section.start) - 1)
    while at < len(sections) and sections[at].start < region.end:
        end = min(region.end, sections[at].end)
        if kept.end - kept.start >= size // TINY or end - kept.start > size:
            yield kept
            kept = Span(kept.end, kept.end)
        kept = Span(kept.start, end)
        at += 1
    yield kept
