"""Cutting tables: between rows, with the caption and the header said again in every piece."""

from collections.abc import Iterator

from domain.chunking.packing import blocks, packed
from domain.chunking.words import words
from domain.reading import Span, Table


def table_pieces(text: str, table: Table, start: int, size: int) -> list[tuple[Span, str]]:
    """The table whole when it fits, else pieces of whole rows; with each what is to be said before it.

    It begins at `start`, with what leads to it, such as its heading. A row is cut only when it is too long by itself. A
    piece and its prefix are at most `size` characters together, or a fourth more when caption and header leave no room:
    of the header at most half the size is said again, of the caption a fourth.
    """
    caption = table.caption.strip()[: size // 4]
    first = "" if caption in text[start : table.start] else caption
    if table.end - start + len(first) < size:
        return [(Span(start, table.end), first)]
    header = text[table.start : table.header_end].strip()[: size // 2]
    prefix = f"{caption}\n{header}".strip()
    room = max(size - len(prefix) - 1, size // 2)
    pieces = packed(blocks(_rows(text, start, table.end, room)), room, 0)
    return [(piece, first if piece.start < table.header_end else prefix) for piece in pieces]


def _rows(text: str, start: int, end: int, room: int) -> Iterator[Span]:
    """Every line with its end, in parts when it is too long."""
    while start < end:
        line_end = text.find("\n", start, end) + 1 or end
        yield from words(text, Span(start, line_end), room)
        start = line_end
