"""The citations of an answer: which sources it names, and the words in them that bear it out."""

import re
from collections.abc import Mapping, Sequence

from domain.chunking.sentences import sentences
from domain.citation import Citation, DocumentId
from domain.reading import Reading
from domain.retrieval.passage import Source
from domain.retrieval.quotes import best_quote, excerpt, stands_at
from domain.retrieval.terms import Stem, unstemmed

_MARK = re.compile(r"\[(\d+)\]")
_MARKS_BEHIND = re.compile(r"([.!?。！？…]+[\"'”’»)]*)([ \t]*(?:\[\d+\])+)")


def claims(answer: str) -> dict[int, list[str]]:
    """The sentences that cite each number, without their marks, in the order in which the numbers first appear."""
    before_the_mark = _MARKS_BEHIND.sub(r"\2\1", answer)
    found: dict[int, list[str]] = {}
    for span in sentences(before_the_mark, 0, len(before_the_mark)):
        sentence = before_the_mark[span.start : span.end]
        said = " ".join(_MARK.sub("", sentence).split())
        for number in dict.fromkeys(map(int, _MARK.findall(sentence))):
            found.setdefault(number, []).append(said)
    return found


def announced(source: Source, question: str, stem: Stem = unstemmed) -> Citation:
    """The citation of a source by an answer of which the words are still to come."""
    passage, chunk = source.passage, source.passage.chunk
    span = excerpt(question, chunk.text, stem)
    return Citation(
        number=source.number,
        chunk_id=passage.id,
        document_id=passage.document_id,
        filename=passage.filename,
        version=passage.version,
        page=chunk.first_page,
        start=chunk.start,
        end=chunk.end,
        score=source.score,
        excerpt=chunk.text[span.start : span.end],
    )


def citations(
    answer: str, sources: Sequence[Source], readings: Mapping[DocumentId, Reading], *, stem: Stem = unstemmed
) -> list[Citation]:
    """One for each source that the answer names, in the order of the answer.

    `readings` are the documents as they are stored now; of one that is missing there nothing is verified.
    """
    known = {source.number: source for source in sources}
    return [
        _citation(known[number], said, readings.get(known[number].passage.document_id), stem)
        for number, said in claims(answer).items()
        if number in known
    ]


def _citation(source: Source, said: Sequence[str], reading: Reading | None, stem: Stem) -> Citation:
    passage, chunk = source.passage, source.passage.chunk
    span = next((span for claim in said if (span := best_quote(claim, chunk.text, stem))), None)
    quote = chunk.text[span.start : span.end] if span else ""
    start, end = (chunk.start + span.start, chunk.start + span.end) if span else (chunk.start, chunk.end)
    verified = reading is not None and bool(quote) and stands_at(quote, reading.text, start, end)
    pages = reading.pages_of(start, end) if reading and verified else None
    return Citation(
        number=source.number,
        chunk_id=passage.id,
        document_id=passage.document_id,
        filename=passage.filename,
        version=passage.version,
        page=pages[0] if pages else chunk.first_page,
        start=start,
        end=end,
        quote=quote,
        verified=verified,
        score=source.score,
    )
