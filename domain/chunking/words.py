"""The last resort: a piece that is too long is cut between words, or at least between characters that one sees."""

import unicodedata
from collections.abc import Iterator

from domain.reading import Span

_JOINS = frozenset("\u200d\ufe0e\ufe0f")
_LOOKS_BACK = 64


def words(text: str, piece: Span, size: int) -> Iterator[Span]:
    """The piece in parts of at most `size` characters, each as long as it can be."""
    start = piece.start
    while piece.end - start > size:
        cut = _cut(text, start, start + size)
        yield Span(start, cut)
        start = cut
    if start < piece.end:
        yield Span(start, piece.end)


def _cut(text: str, start: int, limit: int) -> int:
    """The best place up to `limit` to end at: after a blank in the last half, else where no character is torn."""
    for at in range(limit, (start + limit) // 2, -1):
        if text[at - 1].isspace():
            return at
    for at in range(limit, max(start, limit - _LOOKS_BACK), -1):
        if not _is_torn(text, at):
            return at
    return limit


def _is_torn(text: str, at: int) -> bool:
    """Whether what stands at `at` belongs to the character before it: a mark, a joiner, a tone."""
    after, before = text[at], text[at - 1]
    if unicodedata.category(after)[0] == "M" or after in _JOINS or before in _JOINS:
        return True
    return "\U0001f3fb" <= after <= "\U0001f3ff"
