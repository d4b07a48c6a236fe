"""Search in what was uploaded."""

from typing import Annotated

from fastapi import APIRouter, Query

from domain import errors
from domain.citation import DocumentId
from domain.retrieval.findings import Found
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.schemas import Id, Out, ProblemOut

router = APIRouter(tags=["documents"])

Q_CHARACTERS = 2_000
"""Written in percents, four bytes each, they still fit into the first line of a request."""
TopK = Annotated[int, Query(ge=1, le=50, description="how many at most")]


class ResultOut(Out):
    """`start` and `end` count the characters of the document's text; `page` is null where it has no pages."""

    chunk_id: int
    text: str
    score: float
    doc_id: int
    filename: str
    page: int | None
    start: int
    end: int

    @classmethod
    def of(cls, found: Found) -> "ResultOut":
        passage, chunk = found.passage, found.passage.chunk
        return cls(
            chunk_id=passage.id,
            text=chunk.shown,
            score=round(found.score, 6),
            doc_id=passage.document_id,
            filename=passage.filename,
            page=chunk.first_page,
            start=chunk.start,
            end=chunk.end,
        )


class SearchOut(Out):
    """`problems` are there when part of the search could not be done, and the rest was done without it."""

    query: str
    results: list[ResultOut]
    problems: list[ProblemOut]


@router.get(
    "/search", responses=problems(errors.DocumentNotFound), summary="Find what your documents say about a question"
)
async def search(
    services: Services,
    caller: Caller,
    q: Annotated[str, Query(min_length=1, max_length=Q_CHARACTERS, examples=["Why does a river bend?"])],
    top_k: TopK = 5,
    doc_id: Annotated[Id | None, Query(description="only in this document")] = None,
) -> SearchOut:
    """By falling score. Any words of `q` are looked for; what it puts in quotation marks has to stand there."""
    only = None if doc_id is None else DocumentId(doc_id)
    findings = await services.knowledge().find_passages(caller, q, document=only, limit=top_k)
    return SearchOut(
        query=q,
        results=[ResultOut.of(found) for found in findings.found],
        problems=[ProblemOut(code=problem.code, message=problem.message) for problem in findings.problems],
    )
