"""The files of a vector store: added, looked at, given other attributes, taken out; and batches of them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from application.knowledge.get_document_text import MOST_CHARACTERS
from application.ports.vector_stores import FileFilter
from domain.access import Principal
from domain.citation import DocumentId
from domain.idempotency import StoredAnswer
from domain.vector_store import FileBatchId, StoreFile
from entrypoints.container import Container
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.ingestion_services import chunk_settings
from entrypoints.openai.documentation import ERRORS, answered
from entrypoints.openai.encoders import stored
from entrypoints.openai.fields import refuse_operators
from entrypoints.openai.ids import file_batch_id_of, file_id_of, vector_store_id_of
from entrypoints.openai.responses import Limit, Order, json_response
from entrypoints.openai.vector_store_answers import (
    STATUSES,
    BatchObject,
    ContentPage,
    DeletedStoreFile,
    StoreFileObject,
    StoreFilesPage,
    batch_document,
    store_file_document,
)
from entrypoints.openai.vector_store_schemas import FileChangeBody, NewBatchBody, NewFileBody
from entrypoints.openai.vector_stores import StorePath, as_answer, files_of, kept, naming_files

router = APIRouter(prefix="/v1/vector_stores/{vector_store_id}", tags=["openai"], responses=ERRORS)

MOST_PIECES = 10
"""Of MOST_CHARACTERS each, that are told of one file at once."""
FilePath = Annotated[str, Path(max_length=256, examples=["file_1"])]
BatchPath = Annotated[str, Path(max_length=256, examples=["vsfb_1"])]
State = Annotated[
    Literal["in_progress", "completed", "failed", "cancelled"] | None, Query(description="only files in this state")
]
After = Annotated[str | None, Query(max_length=256, description="the file that it begins behind")]


@router.post("/files", responses=answered(StoreFileObject), response_class=Response, summary="Add a file to it")
async def add_file(
    vector_store_id: StorePath, body: NewFileBody, services: Services, caller: Caller, key: OnceKey
) -> Response:
    """One that is in it already gets the attributes."""
    refuse_operators(body.model_extra or ())
    store = vector_store_id_of(vector_store_id)
    [document] = files_of([body.file_id], "file_id")

    async def work() -> StoredAnswer:
        with naming_files("file_id"):
            file = await services.vector_stores().add_file(caller, store, document, body.attributes or {})
        return as_answer(store_file_document(file, chunk_settings(services.settings())))

    return kept(await services.answer_once()(key, work))


@router.get("/files", responses=answered(StoreFilesPage), response_class=Response, summary="List its files")
async def list_store_files(
    vector_store_id: StorePath,
    services: Services,
    caller: Caller,
    limit: Limit = 20,
    order: Order = "desc",
    after: After = None,
    filter: State = None,
) -> Response:
    """In the order in which they were uploaded."""
    return await _page(services, caller, vector_store_id, None, limit, order, after, filter)


@router.get(
    "/files/{file_id}", responses=answered(StoreFileObject), response_class=Response, summary="Look at one of its files"
)
async def get_store_file(vector_store_id: StorePath, file_id: FilePath, services: Services, caller: Caller) -> Response:
    """How far it is, or why it cannot be searched."""
    store, document = vector_store_id_of(vector_store_id), file_id_of(file_id)
    return _file(services, await services.vector_stores().get_file(caller, store, document))


@router.post(
    "/files/{file_id}",
    responses=answered(StoreFileObject),
    response_class=Response,
    summary="Give one of its files other attributes",
)
async def change_store_file(
    vector_store_id: StorePath, file_id: FilePath, body: FileChangeBody, services: Services, caller: Caller
) -> Response:
    """What is not named is no longer there."""
    store, document = vector_store_id_of(vector_store_id), file_id_of(file_id)
    changed = await services.vector_stores().change_file(caller, store, document, body.attributes or {})
    return _file(services, changed)


@router.delete(
    "/files/{file_id}", responses=answered(DeletedStoreFile), response_class=Response, summary="Take a file out of it"
)
async def remove_store_file(
    vector_store_id: StorePath, file_id: FilePath, services: Services, caller: Caller
) -> Response:
    """The file itself stays; `DELETE /v1/files/{file_id}` deletes it."""
    store, document = vector_store_id_of(vector_store_id), file_id_of(file_id)
    await services.vector_stores().remove_file(caller, store, document)
    return json_response({"id": file_id, "object": "vector_store.file.deleted", "deleted": True})


@router.get(
    "/files/{file_id}/content",
    responses=answered(ContentPage),
    response_class=Response,
    summary="Read a file of it",
)
async def get_store_file_content(
    vector_store_id: StorePath, file_id: FilePath, services: Services, caller: Caller
) -> Response:
    """The text that was read in it, in pieces; of a very long one the beginning."""
    store, document = vector_store_id_of(vector_store_id), file_id_of(file_id)
    await services.vector_stores().get_file(caller, store, document)
    pieces, start, more = list[dict[str, str]](), 0, True
    while more and len(pieces) < MOST_PIECES:
        piece = await services.ingestion().get_text(caller, document, start=start)
        pieces.append({"type": "text", "text": piece.text})
        start, more = start + MOST_CHARACTERS, piece.end < piece.characters
    page = {"object": "vector_store.file_content.page", "data": pieces, "has_more": more, "next_page": None}
    return json_response(page)


@router.post("/file_batches", responses=answered(BatchObject), response_class=Response, summary="Add files together")
async def add_file_batch(
    vector_store_id: StorePath, body: NewBatchBody, services: Services, caller: Caller, key: OnceKey
) -> Response:
    """All of them or, when one is not there, none."""
    refuse_operators(body.model_extra or ())
    store = vector_store_id_of(vector_store_id)
    field = "file_ids" if body.files is None else "files"
    wishes = body.wishes
    documents = files_of([id for id, _ in wishes], field)
    files = dict(zip(documents, (attributes for _, attributes in wishes), strict=True))

    async def work() -> StoredAnswer:
        with naming_files(field):
            batch, counts = await services.vector_stores().add_files(caller, store, files)
        return as_answer(batch_document(batch, counts))

    return kept(await services.answer_once()(key, work))


@router.get(
    "/file_batches/{batch_id}", responses=answered(BatchObject), response_class=Response, summary="Look at a batch"
)
async def get_file_batch(
    vector_store_id: StorePath, batch_id: BatchPath, services: Services, caller: Caller
) -> Response:
    """`in_progress` while one of its files is; `failed` when all have."""
    store, batch = vector_store_id_of(vector_store_id), file_batch_id_of(batch_id)
    return json_response(batch_document(*await services.vector_stores().get_batch(caller, store, batch)))


@router.post(
    "/file_batches/{batch_id}/cancel", responses=answered(BatchObject), response_class=Response, summary="Stop a batch"
)
async def cancel_file_batch(
    vector_store_id: StorePath, batch_id: BatchPath, services: Services, caller: Caller
) -> Response:
    """Idempotent. Files that are still being taken in are stopped, for every store that they are in."""
    store, batch = vector_store_id_of(vector_store_id), file_batch_id_of(batch_id)
    return json_response(batch_document(*await services.vector_stores().cancel_batch(caller, store, batch)))


@router.get(
    "/file_batches/{batch_id}/files",
    responses=answered(StoreFilesPage),
    response_class=Response,
    summary="List the files of a batch",
)
async def list_batch_files(
    vector_store_id: StorePath,
    batch_id: BatchPath,
    services: Services,
    caller: Caller,
    limit: Limit = 20,
    order: Order = "desc",
    after: After = None,
    filter: State = None,
) -> Response:
    """Those that are still in the store."""
    batch = file_batch_id_of(batch_id)
    return await _page(services, caller, vector_store_id, batch, limit, order, after, filter)


async def _page(
    services: Container,
    caller: Principal,
    store: str,
    batch: FileBatchId | None,
    limit: int,
    order: str,
    after: str | None,
    state: str | None,
) -> Response:
    wanted = FileFilter(statuses=STATUSES[state] if state else None, batch=batch)
    behind: DocumentId | None = file_id_of(after) if after is not None else None
    files, more = await services.vector_stores().list_files(
        caller, vector_store_id_of(store), filter=wanted, after=behind, descending=order == "desc", limit=limit
    )
    chunking = chunk_settings(services.settings())
    return json_response(stored.page([store_file_document(file, chunking) for file in files], more=more))


def _file(services: Container, file: StoreFile) -> Response:
    return json_response(store_file_document(file, chunk_settings(services.settings())))
