"""The sources of an answer, on the wire."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field

from domain.citation import Citation
from domain.conversation import Part, citations_in


class SourceOut(BaseModel):
    """What an answer cites as `[rank]`.

    `quote` are the words of the document that bear the sentence out, from character `start` to `end` of its text;
    `verified` says that they were found to stand there, on `page`. Without a quote the span is that of the passage.
    """

    rank: int
    filename: str
    score: float
    excerpt: str = Field(description="the part of the passage that has most to do with the question")
    doc_id: int
    chunk_id: int
    page: int | None
    quote: str
    verified: bool
    start: int
    end: int
    version: int = Field(description="how often the document had been indexed")

    @classmethod
    def of(cls, citation: Citation) -> "SourceOut":
        return cls(
            rank=citation.number,
            filename=citation.filename,
            score=round(citation.score, 6),
            excerpt=citation.excerpt,
            doc_id=citation.document_id,
            chunk_id=citation.chunk_id,
            page=citation.page,
            quote=citation.quote,
            verified=citation.verified,
            start=citation.start,
            end=citation.end,
            version=citation.version,
        )


def sources_of(parts: Iterable[Part]) -> dict[str, Any]:
    """`sources`, if the texts cite any."""
    cited = citations_in(parts)
    return {"sources": [source_object(citation) for citation in cited]} if cited else {}


def source_object(citation: Citation) -> dict[str, Any]:
    return SourceOut.of(citation).model_dump()
