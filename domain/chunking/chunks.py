"""A reading becomes chunks."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.chunking.blocks import Cutter
from domain.chunking.code import code_pieces
from domain.chunking.finishing import Finisher
from domain.chunking.fixed import fixed_spans
from domain.chunking.packing import Piece, blocks, packed
from domain.chunking.semantic import Vector, semantic_spans
from domain.chunking.settings import ChunkSettings, Strategy
from domain.chunking.structure import TINY, structure_spans
from domain.chunking.tables import table_pieces
from domain.knowledge import Chunk, ChunkKind
from domain.reading import Reading, Section, Span, Table

DEFAULT = ChunkSettings()


def chunks_of(
    reading: Reading, settings: ChunkSettings = DEFAULT, vectors: Sequence[Vector] | None = None
) -> list[Chunk]:
    """Cut `reading` as `settings` say. `semantic` needs `vectors`, one for each of `sentences_to_embed`, in order.

    Raises ValueError when they are missing or are not as many.
    """
    found: list[Chunk] = []
    for chunk in _all_chunks(reading, settings, vectors):
        if not found or chunk.end > found[-1].end:  # the end of the one before and blanks would say nothing new
            found.append(chunk)
    return found


def _all_chunks(reading: Reading, settings: ChunkSettings, vectors: Sequence[Vector] | None) -> Iterator[Chunk]:
    finisher = Finisher(reading)
    if settings.strategy is Strategy.FIXED:
        for span in fixed_spans(len(reading.text), settings):
            yield from finisher.finished(span)
        return
    strategy = _Strategy(reading, settings, finisher.sections, _by_place(reading, settings, vectors))
    for region, table in _parts(reading, finisher.sections, settings.size):
        for span in strategy.spans(region):
            yield from finisher.finished(span)
        if table is not None:
            for span, prefix in table_pieces(reading.text, table, region.end, settings.size):
                yield from finisher.finished(span, ChunkKind.TABLE, prefix)


def sentences_to_embed(reading: Reading, settings: ChunkSettings) -> list[Piece]:
    """The pieces whose vectors tell `semantic` where the topic shifts."""
    cutter = Cutter(reading.text, reading.code, settings.size)
    regions = (region for region, _ in _parts(reading, reading.sections(), settings.size))
    return [piece for region in regions for piece in cutter.pieces(region.start, region.end)]


def _by_place(reading: Reading, settings: ChunkSettings, vectors: Sequence[Vector] | None) -> dict[Piece, Vector]:
    if settings.strategy is not Strategy.SEMANTIC:
        return {}
    pieces = sentences_to_embed(reading, settings)
    if vectors is None or len(vectors) != len(pieces):
        raise ValueError(f"semantic chunks need {len(pieces)} vectors, not {len(vectors or ())}")
    return dict(zip(pieces, vectors, strict=True))


@dataclass(frozen=True, slots=True)
class _Strategy:
    """How what is not a table is cut."""

    reading: Reading
    settings: ChunkSettings
    sections: Sequence[Section]
    vectors: dict[Piece, Vector]

    def spans(self, region: Span) -> Iterator[Span]:
        settings, text = self.settings, self.reading.text
        cutter = Cutter(text, self.reading.code, settings.size)
        match settings.strategy:
            case Strategy.STRUCTURE:
                yield from structure_spans(cutter, self.sections, region, settings)
            case Strategy.CODE:
                seams = code_pieces(text, region.start, region.end, settings.size)
                yield from packed(blocks(seams), settings.size, settings.overlap)
            case Strategy.SEMANTIC:
                pieces = cutter.pieces(region.start, region.end)
                yield from semantic_spans(pieces, [self.vectors[piece] for piece in pieces], settings)
            case _:
                yield from packed(cutter.pieces(region.start, region.end), settings.size, settings.overlap)


def _parts(reading: Reading, sections: Sequence[Section], size: int) -> Iterator[tuple[Span, Table | None]]:
    """What stands before each table, and the table; last what stands after them all.

    A tiny beginning of a section, its heading or a sentence that leads to the table, is left to the table.
    """
    at = 0
    for table in reading.tables:
        section = sections[bisect_right(sections, table.start, key=lambda each: each.start) - 1] if sections else None
        lead = max(at, section.start if section else at)
        start = lead if table.start - lead < size // TINY else table.start
        yield Span(at, start), table
        at = table.end
    yield Span(at, len(reading.text)), None
