"""Documents: upload, look, try again, stop, delete."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response

from application.knowledge.get_document_text import MOST_CHARACTERS
from domain import errors
from domain.chunking.settings import Strategy
from domain.knowledge import Document, DocumentId
from entrypoints.http.dependencies import KEY_PARAMETER, Caller, OnceKey, Services
from entrypoints.http.document_schemas import DocumentOut, DocumentTextOut, ErasureOut
from entrypoints.http.documentation import problems
from entrypoints.http.paging import link_next
from entrypoints.http.receiving import received_file
from entrypoints.http.schemas import LARGEST_ID, Id
from entrypoints.http.streaming import StreamedResponse

router = APIRouter(prefix="/documents", tags=["documents"])

DocumentPath = Annotated[Id, Path(description="a document's id", examples=[1])]
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "chunking": {"type": "string", "enum": [*Strategy], "description": "how it is cut"},
                    },
                },
            }
        },
    },
    "parameters": [KEY_PARAMETER],
}
MISSING = problems(errors.DocumentNotFound)


@router.post(
    "",
    status_code=202,
    openapi_extra=FORM,
    responses={
        200: {"description": "You have this document already: here it is", "model": DocumentOut},
        **problems(
            *(errors.UnsupportedDocument, errors.DocumentUnreadable, errors.DocumentTooLarge),
            *(errors.BlobLost, errors.TooBusy, errors.KeyInUse, errors.StorageFull),
        ),
    },
    summary="Upload a document",
)
async def upload_document(request: Request, response: Response, services: Services, caller: Caller) -> DocumentOut:
    """PDF, plain text, Markdown, HTML, Word (.docx) or CSV, by its bytes and not by its name.

    It is taken in by a run, which `/runs/{run_id}/events` follows. The same bytes again are the same document.
    """
    form, received, key = await received_file(request, services, caller)
    document, is_new = await services.ingestion().upload(
        caller, received, filename=form.filename or "", strategy=form.fields.get("chunking"), key=key
    )
    response.status_code = 202 if is_new else 200
    return DocumentOut.of(document)


@router.get("", responses=problems(), summary="List documents")
async def list_documents(
    request: Request,
    response: Response,
    services: Services,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="only ids below this one")] = None,
) -> list[DocumentOut]:
    """Newest first; `Link: rel="next"` when there are more."""
    cursor = None if before is None else DocumentId(before)
    page, more = await services.ingestion().list(caller, before=cursor, limit=limit)
    if more:
        link_next(request, response, before=page[-1].id)
    return [DocumentOut.of(document) for document in page]


@router.get("/{id}", responses=MISSING, summary="Look at a document")
async def get_document(id: DocumentPath, services: Services, caller: Caller) -> DocumentOut:
    """How far it is, or why it failed."""
    return DocumentOut.of(await services.ingestion().get(caller, DocumentId(id)))


@router.get("/{id}/text", responses=MISSING, summary="Read a part of a document")
async def get_document_text(
    id: DocumentPath,
    services: Services,
    caller: Caller,
    page: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="this page, of one that has pages")] = None,
    start: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
    end: Annotated[int | None, Query(ge=0, le=LARGEST_ID)] = None,
) -> DocumentTextOut:
    text = await services.ingestion().get_text(caller, DocumentId(id), page=page, start=start, end=end)
    return DocumentTextOut.of(id, text)


get_document_text.__doc__ = f"""\
To show a passage where it stands: its page, or the characters from `start` to `end`; at most {MOST_CHARACTERS:,}.
"""


@router.get(
    "/{id}/content",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **problems(errors.DocumentNotFound, errors.BlobLost),
    },
    summary="Download a document",
)
async def get_document_content(id: DocumentPath, services: Services, caller: Caller) -> Response:
    """The bytes as they were uploaded, always as an attachment."""
    document, pieces = await services.ingestion().get_content(caller, DocumentId(id))
    return as_attachment(document, pieces)


def as_attachment(document: Document, pieces: AsyncGenerator[bytes, None]) -> StreamedResponse:
    """A file to be saved, never one to be shown."""
    response = StreamedResponse(pieces, pieces, media_type="application/octet-stream")
    response.headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(document.filename, safe='')}"
    return response


@router.post(
    "/{id}/retry",
    status_code=202,
    responses=problems(errors.DocumentNotFound, errors.DocumentConflict, errors.TooBusy, errors.KeyInUse),
    summary="Take a document in again",
)
async def retry_document(id: DocumentPath, services: Services, caller: Caller, key: OnceKey) -> DocumentOut:
    """One that failed or was cancelled."""
    return DocumentOut.of(await services.ingestion().retry(caller, DocumentId(id), key=key))


@router.post("/{id}/cancel", responses=MISSING, summary="Stop taking a document in")
async def cancel_document(id: DocumentPath, services: Services, caller: Caller) -> DocumentOut:
    """Idempotent. Nothing of it can be found afterwards, unless it was ready before."""
    return DocumentOut.of(await services.ingestion().cancel(caller, DocumentId(id)))


@router.delete("/{id}", responses=MISSING, summary="Delete a document")
async def delete_document(id: DocumentPath, services: Services, caller: Caller) -> ErasureOut:
    """With its bytes, text, chunks, words, vectors and runs, and every kept answer; says what was there."""
    return ErasureOut.of(await services.ingestion().delete(caller, DocumentId(id)))
