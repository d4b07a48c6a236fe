"""Readings of every shape."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from domain.reading import Heading, MediaType, Page, Reading, Span, Table

_WORDS = ["the", "Wirkung", "e.g.", "Dr.", "3.14", "end.", "why?", "- item", "1. first", "| a | b |", "戦場の", "ไทย"]
_MARKS = [" ", "  ", "\n", "\n\n", ". ", "。", "...", "!?", "\t", "\u3000", "\u200d", "\u0301", "🇩🇪", "👩‍👧", ")", '"']
_phrases = st.lists(st.sampled_from([*_WORDS, *_MARKS]), min_size=1, max_size=8).map("".join)
_anything = st.text(st.characters(codec="utf-8"), max_size=30)
_repeated = st.builds(str.__mul__, st.one_of(_phrases, _phrases, _anything), st.integers(1, 40))
texts = st.lists(_repeated, max_size=8).map("".join)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """A text with pages, headings, tables and code anywhere in it."""
    text = draw(texts)
    return Reading(
        text=text,
        media_type=MediaType.TEXT,
        title=draw(st.text(max_size=5)),
        pages=tuple(Page(start, end, n) for n, (start, end) in enumerate(_cuts(draw, text), start=1)),
        headings=tuple(Heading(*span, draw(st.integers(1, 6)), text[slice(*span)]) for span in _some(draw, text)),
        tables=tuple(
            Table(start, end, draw(st.integers(start, end)), draw(st.sampled_from(["", "Table 1. What is there"])))
            for start, end in _some(draw, text)
        ),
        code=tuple(Span(*span) for span in _some(draw, text)),
    )


def _some(draw: st.DrawFn, text: str) -> Sequence[tuple[int, int]]:
    return _cuts(draw, text)[::2]


def _cuts(draw: st.DrawFn, text: str) -> Sequence[tuple[int, int]]:
    return list(pairwise(sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))))
