"""The words of a source that bear out a sentence, and whether they stand where they are said to stand."""

import re
from collections import Counter
from collections.abc import Collection

from domain.chunking.sentences import sentences
from domain.reading import Span
from domain.retrieval.terms import Stem, term_of, unstemmed
from domain.retrieval.tokens import Kind, tokens

QUOTE_CHARACTERS = 300
LEAST_SUPPORT = 0.2
"""A sentence of the source that has less of what the claim says does not bear it out."""
NUMBER_COUNTS = 3.0
SHORT_COUNTS, SHORT_LETTERS = 0.2, 3
"""A number that agrees says more than a word that does; the shortest words are everywhere."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_QUOTED = re.compile(r'"([^"\n]{8,})"|“([^”\n]{8,})”|„([^“\n]{8,})“|«([^»\n]{8,})»')


def best_quote(claim: str, text: str, stem: Stem = unstemmed) -> Span | None:
    """Where in a source's text the claim is borne out best: what the claim quotes, else the sentence most like it.

    None when nothing in the text is like the claim, or most of its figures are nowhere in the text: a number that was
    made up is not borne out by the words around it. At most QUOTE_CHARACTERS long.
    """
    if literal := _literal(claim, text):
        return literal
    figures = {term for term in _terms(claim, stem) if _is_figure(term)}
    if len(figures - _terms(text, stem)) > len(figures) / 2:
        return None
    return _most_alike(claim, text, stem, LEAST_SUPPORT)


def excerpt(question: str, text: str, stem: Stem = unstemmed) -> Span:
    """The part of a text to show for a question: the sentence most like it, else the beginning."""
    return _most_alike(question, text, stem, 0.0) or _shortened(text, Span(0, len(text)), ())


def stands_at(quote: str, text: str, start: int, end: int) -> bool:
    """Whether these words stand there, exactly but for the width of blanks."""
    found = text[start:end] if 0 <= start < end <= len(text) else ""
    return bool(found) and quote.split() == found.split()


def _literal(claim: str, text: str) -> Span | None:
    for match in _QUOTED.finditer(claim):
        words = match[match.lastindex or 0].split()
        found = re.search(r"\s+".join(map(re.escape, words)), text)
        if found and len(found[0]) <= QUOTE_CHARACTERS:
            return Span(found.start(), found.end())
    return None


def _most_alike(claim: str, text: str, stem: Stem, least: float) -> Span | None:
    spans = [_stripped(text, span) for span in sentences(text, 0, len(text))]
    wanted = _terms(claim, stem)
    has = [_terms(text[span.start : span.end], stem) & wanted for span in spans]
    rarity = Counter(term for terms in has for term in terms)
    worth = {term: _worth(term) / max(rarity[term], 1) for term in wanted}
    total = sum(worth.values())
    support = [sum(worth[term] for term in terms) for terms in has]
    if not total or max(support, default=0.0) <= least * total:
        return None
    best = support.index(max(support))
    return _shortened(text, spans[best], has[best], stem)


def _worth(term: str) -> float:
    if any(character.isdigit() for character in term):
        return NUMBER_COUNTS
    return SHORT_COUNTS if term.isascii() and len(term) <= SHORT_LETTERS else 1.0


def _is_figure(term: str) -> bool:
    """Not the years, which are everywhere, and not what is written as a word elsewhere."""
    return len(term) > 1 and any(character.isdigit() for character in term) and not _YEAR.fullmatch(term)


def _terms(text: str, stem: Stem) -> frozenset[str]:
    return frozenset(
        term_of(token.text, token.kind, stem) for token in tokens(text) if token.kind in (Kind.PART, Kind.GRAM)
    )


def _stripped(text: str, span: Span) -> Span:
    said = text[span.start : span.end]
    start = span.start + len(said) - len(said.lstrip())
    return Span(start, max(start, span.start + len(said.rstrip())))


def _shortened(text: str, span: Span, terms: Collection[str], stem: Stem = unstemmed) -> Span:
    """At most QUOTE_CHARACTERS of the span, from a little before the first of the terms, cut between words."""
    if span.end - span.start <= QUOTE_CHARACTERS:
        return span
    at = span.start
    for word in re.finditer(r"\S+", text[span.start : span.end]):
        if _terms(word[0], stem) & frozenset(terms):
            at = max(span.start, span.start + word.start() - QUOTE_CHARACTERS // 4)
            break
    if at > span.start and (blank := re.compile(r"\s+").search(text, at, span.end)):
        at = blank.end()
    end = min(span.end, at + QUOTE_CHARACTERS)
    if end < span.end:
        end = max((m.start() for m in re.compile(r"\s").finditer(text, at + 1, end + 1)), default=end)
    return Span(at, end)
