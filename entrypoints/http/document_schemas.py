"""The wire shapes of documents."""

from datetime import datetime
from typing import Self

from pydantic import Field

from application.knowledge.delete_document import Erasure
from application.knowledge.get_document_text import TextOfDocument
from domain.knowledge import Document, DocumentStatus
from entrypoints.http.schemas import Out


class DocumentProblemOut(Out):
    code: str
    message: str


class DocumentOut(Out):
    document_id: int
    filename: str
    status: DocumentStatus = Field(description="it is found from `ready` on, and never half of it")
    indexed: int = Field(description="so many chunks are indexed, of `chunks`")
    chunks: int
    problem: DocumentProblemOut | None = Field(description="why it failed")
    run_id: int | None = Field(description="follow it at `/runs/{id}/events`")
    version: int = Field(description="rises each time that it is indexed")
    media_type: str | None = Field(description="as its bytes say, once it is read")
    title: str
    pages: int
    language: str
    chunking: str
    size_bytes: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, document: Document) -> Self:
        problem = document.problem
        return cls(
            document_id=document.id,
            filename=document.filename,
            status=document.status,
            indexed=document.indexed,
            chunks=document.chunks,
            problem=DocumentProblemOut(code=problem.code, message=problem.message) if problem else None,
            run_id=document.run_id,
            version=document.version,
            media_type=document.media_type,
            title=document.title,
            pages=document.pages,
            language=document.language,
            chunking=document.strategy,
            size_bytes=document.size_bytes,
            created_at=document.created_at,
            updated_at=document.updated_at,
        )


class DocumentTextOut(Out):
    document_id: int
    start: int = Field(description="counted in characters, as passages count")
    end: int
    characters: int = Field(description="how many the whole document has")
    first_page: int | None
    last_page: int | None
    text: str

    @classmethod
    def of(cls, id: int, part: TextOfDocument) -> Self:
        first, last = part.pages or (None, None)
        return cls(
            document_id=id,
            start=part.start,
            end=part.end,
            characters=part.characters,
            first_page=first,
            last_page=last,
            text=part.text,
        )


class ErasureOut(Out):
    """What was there and is gone."""

    document_id: int
    bytes: int
    characters: int
    chunks: int
    vectors: int
    runs: int
    answers: int = Field(description="answers kept for `Idempotency-Key`, any of which may have quoted it")

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        return cls(
            document_id=erasure.document_id,
            bytes=erasure.bytes,
            characters=erasure.characters,
            chunks=erasure.chunks,
            vectors=erasure.vectors,
            runs=erasure.runs,
            answers=erasure.answers,
        )
