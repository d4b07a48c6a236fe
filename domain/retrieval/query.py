"""A question as terms: any of its words is looked for, what it quotes has to be there."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.retrieval.folding import folded
from domain.retrieval.terms import Stem, term_of, unstemmed
from domain.retrieval.tokens import Kind, Token, tokens

MOST_WORDS = 256
"""A longer question is searched by its first words."""
_QUOTED = re.compile(r'"([^"]+)"|“([^”“]+)[”“]|„([^“”„]+)[“”]|«([^»«]+)»|「([^」「]+)」|『([^』『]+)』')

Variants = frozenset[str]
"""The terms that one word may be indexed as: a form for each language, and the word as it is."""


@dataclass(frozen=True, slots=True)
class Word:
    variants: Variants
    times: int = 1


@dataclass(frozen=True, slots=True)
class Query:
    """`words` are any of them wanted, the words of `phrases` among them; every phrase is wanted as a row of words."""

    words: tuple[Word, ...]
    phrases: tuple[tuple[Variants, ...], ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        return frozenset().union(*(word.variants for word in self.words))


def query_of(question: str, stems: Sequence[Stem], *, quotes: bool = True) -> Query:
    """The question as terms in every language of `stems`. No character of it is special but quotation marks.

    Without `quotes` those are not either: a question to a model may quote what stands in no document.
    """
    words = Counter(
        _variants(token, stems) for token in tokens(question) if token.kind is not Kind.SHORT_GRAM and token.text
    )
    phrases = [_phrase(found[found.lastindex or 0], stems) for found in _QUOTED.finditer(question)] if quotes else []
    most = list(words.items())[:MOST_WORDS]
    return Query(tuple(Word(*each) for each in most), tuple(phrase for phrase in phrases if phrase))


def _phrase(quoted: str, stems: Sequence[Stem]) -> tuple[Variants, ...]:
    simple = (token for token in tokens(quoted) if token.kind in (Kind.PART, Kind.GRAM))
    return tuple(_variants(token, stems) for token in simple)[:MOST_WORDS]


def _variants(token: Token, stems: Sequence[Stem]) -> Variants:
    forms = {term_of(token.text, token.kind, stem) for stem in (*stems, unstemmed)}
    return frozenset(forms | {folded(token.text)})
