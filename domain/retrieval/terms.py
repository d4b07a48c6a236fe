"""The terms that a chunk is found by: its words without case, accents and endings, and where each stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from domain.retrieval.folding import folded
from domain.retrieval.tokens import Kind, tokens

Stem = Callable[[str], str]
"""A lower-case word without its ending, in one language."""

LAST_POSITION = 2**16 - 1
"""What stands behind it is found by its words, but in no phrase."""
FIELD_GAP = 8
"""Between two fields, so that no phrase reaches from one into the next."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Each term's positions, rising; `length` is how many words there are in all."""

    positions: Mapping[str, tuple[int, ...]]
    length: int


def terms_of(fields: Iterable[str], stem: Stem) -> Terms:
    """The terms of a chunk's fields, one after the other: titles, headings and what it says count alike."""
    positions: dict[str, list[int]] = {}
    known: dict[tuple[str, Kind], str] = {}
    start = length = 0
    for field in fields:
        last = -1
        for word, last, kind in tokens(field):
            term = known.get((word, kind))
            if term is None:
                term = known[word, kind] = term_of(word, kind, stem)
            positions.setdefault(term, []).append(min(start + last, LAST_POSITION))
        length += last + 1
        start += last + 1 + FIELD_GAP
    return Terms({term: tuple(places) for term, places in positions.items()}, length)


def term_of(word: str, kind: Kind, stem: Stem) -> str:
    """Endings are taken off before accents, because the rules for them know accents; numbers have none."""
    if kind in (Kind.GRAM, Kind.SHORT_GRAM) or (not word.isalpha() and word.isascii()):
        return folded(word)
    return folded(stem(word.casefold()))


def unstemmed(word: str) -> str:
    """The stem of a language that nobody knows: the word."""
    return word
