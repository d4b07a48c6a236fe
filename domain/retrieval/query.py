"""A question as terms: any of its words is looked for, what it quotes has to be there."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.retrieval.folding import folded
from domain.retrieval.function_words import is_function_word
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


def query_of(question: str, stems: Sequence[Stem], *, quotes: bool = True, language: str = "") -> Query:
    """The question as terms in every language of `stems`. No character of it is special but quotation marks.

    Without `quotes` those are not either: a question to a model may quote what stands in no document. Function words of
    the `language` are left out, but for those that it quotes, and unless it has no others.
    """
    read = [token for token in tokens(question) if token.kind is not Kind.SHORT_GRAM and token.text]
    quoted = [found[found.lastindex or 0] for found in _QUOTED.finditer(question)]
    kept = {token.text.casefold() for said in quoted for token in tokens(said)}
    shouts = question.isupper()
    telling = [
        token
        for token in read
        if token.text.casefold() in kept
        or not is_function_word(token.text.casefold() if shouts else token.text, language)
    ]
    words = Counter(_variants(token, stems) for token in telling or read)
    phrases = [_phrase(said, stems) for said in quoted] if quotes else []
    most = list(words.items())[:MOST_WORDS]
    return Query(tuple(Word(*each) for each in most), tuple(phrase for phrase in phrases if phrase))


def _phrase(quoted: str, stems: Sequence[Stem]) -> tuple[Variants, ...]:
    simple = (token for token in tokens(quoted) if token.kind in (Kind.PART, Kind.GRAM))
    return tuple(_variants(token, stems) for token in simple)[:MOST_WORDS]


def _variants(token: Token, stems: Sequence[Stem]) -> Variants:
    forms = {term_of(token.text, token.kind, stem) for stem in (*stems, unstemmed)}
    return frozenset(forms | {folded(token.text)})
