"""Files: documents under the names that OpenAI's clients know."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from domain.errors import InvalidInput
from domain.knowledge import Document, DocumentStatus
from entrypoints.http.dependencies import KEY_PARAMETER, Caller, Services
from entrypoints.http.documents import as_attachment
from entrypoints.http.receiving import received_file
from entrypoints.openai.answer_schemas import DeletedFile, FileObject, FilesPage
from entrypoints.openai.documentation import ERRORS, answered
from entrypoints.openai.encoders import stored
from entrypoints.openai.ids import file_id, file_id_of
from entrypoints.openai.responses import json_response

router = APIRouter(prefix="/v1/files", tags=["openai"], responses=ERRORS)

PURPOSES = ("assistants", "user_data")
MOST_LISTED = 100
FilePath = Annotated[str, Path(max_length=256, examples=["file_1"])]
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "purpose"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "enum": [*PURPOSES], "description": "both mean the same here"},
                    },
                },
            }
        },
    },
    "parameters": [KEY_PARAMETER],
}
BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post(
    "", responses=answered(FileObject), response_class=Response, openapi_extra=FORM, summary="Upload a file to be read"
)
async def create_file(request: Request, services: Services, caller: Caller) -> Response:
    """What `POST /documents` takes; `processed` once it can be searched. The same bytes again are the same file."""
    form, received, key = await received_file(request, services, caller)
    upload = services.ingestion().upload
    if form.fields.get("purpose") not in PURPOSES:
        await upload.discard(received.blob)
        raise InvalidInput("purpose", f"must be one of {', '.join(PURPOSES)}: files are for being read here")
    document, _ = await upload(caller, received, filename=form.filename or "", key=key)
    return json_response(file_document(document))


@router.get("", responses=answered(FilesPage), response_class=Response, summary="List files, newest first")
async def list_files(
    services: Services,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=10_000, description=f"{MOST_LISTED} at once at most")] = MOST_LISTED,
    order: Annotated[Literal["desc"], Query(description="newest first")] = "desc",
    after: Annotated[str | None, Query(max_length=256, description="the file that it begins behind")] = None,
) -> Response:
    """Also those that were uploaded on the native routes."""
    before = file_id_of(after) if after is not None else None
    page, more = await services.ingestion().list(caller, before=before, limit=min(limit, MOST_LISTED))
    return json_response(stored.page([file_document(document) for document in page], more=more))


@router.get("/{file_id}", responses=answered(FileObject), response_class=Response, summary="Look at a file")
async def get_file(file_id: FilePath, services: Services, caller: Caller) -> Response:
    """How far it is, or why it cannot be read."""
    return json_response(file_document(await services.ingestion().get(caller, file_id_of(file_id))))


@router.get("/{file_id}/content", responses=BYTES, response_class=Response, summary="Download a file")
async def get_file_content(file_id: FilePath, services: Services, caller: Caller) -> Response:
    """The bytes as they were uploaded."""
    return as_attachment(*await services.ingestion().get_content(caller, file_id_of(file_id)))


@router.delete("/{file_id}", responses=answered(DeletedFile), response_class=Response, summary="Delete a file")
async def delete_file(file_id: FilePath, services: Services, caller: Caller) -> Response:
    """With everything that was made of it, also from the vector stores that it is in."""
    await services.ingestion().delete(caller, file_id_of(file_id))
    return json_response({"id": file_id, "object": "file", "deleted": True})


def file_document(document: Document) -> dict[str, Any]:
    status = "uploaded" if document.status.is_active else "error"
    problem = document.problem.message if document.problem else None
    return {
        "id": file_id(document.id),
        "object": "file",
        "bytes": document.size_bytes,
        "created_at": int(document.created_at.timestamp()),
        "filename": document.filename,
        "purpose": "assistants",
        "status": "processed" if document.status is DocumentStatus.READY else status,
        "status_details": problem,
    }
