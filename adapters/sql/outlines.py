"""What a reading says besides its text, as JSON."""

from typing import Any

from adapters.sql.codec import from_json, to_json
from domain.reading import Heading, Reading, Span, Table


def outline_of(reading: Reading) -> str:
    return to_json(
        {
            "title": reading.title,
            "headings": [[each.start, each.end, each.level, each.title] for each in reading.headings],
            "tables": [[each.start, each.end, each.header_end, each.caption] for each in reading.tables],
            "code": [[each.start, each.end] for each in reading.code],
        }
    )


def outline_from(text: str) -> dict[str, Any]:
    """The fields of the reading."""
    outline = from_json(text)
    return {
        "title": outline["title"],
        "headings": tuple(Heading(*each) for each in outline["headings"]),
        "tables": tuple(Table(*each) for each in outline["tables"]),
        "code": tuple(Span(*each) for each in outline["code"]),
    }
