"""Documents read in this process, as the child would."""

from adapters.documents.child import read
from application.ports.document_reader import DEFAULT_LIMITS, ReadingLimits
from domain.reading import Reading, Span


def reading_of(content: bytes, filename: str = "", limits: ReadingLimits = DEFAULT_LIMITS) -> Reading:
    return read(content, filename, limits, lambda count, of: None)


def said(reading: Reading, span: Span) -> str:
    """What the reading says there."""
    return reading.text[span.start : span.end]
