"""Vector stores: made, looked at, searched, deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from application.vector_stores.change_vector_store import StoreChange
from application.vector_stores.create_vector_store import WantedStore
from domain.citation import DocumentId, StoreScope
from domain.errors import DocumentNotFound
from domain.idempotency import StoredAnswer
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.openai.documentation import ERRORS, answered
from entrypoints.openai.encoders import stored
from entrypoints.openai.fields import refuse_operators
from entrypoints.openai.ids import file_id_of, vector_store_id_of
from entrypoints.openai.responses import Limit, Order, json_response
from entrypoints.openai.vector_store_answers import (
    DeletedStore,
    SearchPage,
    StoreObject,
    StoresPage,
    result_document,
    store_document,
)
from entrypoints.openai.vector_store_schemas import NewStoreBody, SearchBody, StoreChangeBody

router = APIRouter(prefix="/v1/vector_stores", tags=["openai"], responses=ERRORS)

RESULTS = 10
StorePath = Annotated[str, Path(max_length=256, examples=["vs_1"])]


@router.post("", responses=answered(StoreObject), response_class=Response, summary="Begin a vector store")
async def create_vector_store(
    services: Services, caller: Caller, key: OnceKey, body: NewStoreBody | None = None
) -> Response:
    """A named set of files, which may be in any number of stores; each is taken in once, when it is uploaded."""
    new = body or NewStoreBody()
    refuse_operators(new.model_extra or ())
    wanted = WantedStore(
        name=new.name or "",
        metadata=new.metadata or {},
        expires_after_days=new.expires_after.days if new.expires_after else None,
        documents=files_of(new.file_ids or []),
    )

    async def work() -> StoredAnswer:
        with naming_files("file_ids"):
            made = await services.vector_stores().create(caller, wanted)
        return as_answer(store_document(made, services.now()()))

    return kept(await services.answer_once()(key, work))


@router.get("", responses=answered(StoresPage), response_class=Response, summary="List vector stores")
async def list_vector_stores(
    services: Services,
    caller: Caller,
    limit: Limit = 20,
    order: Order = "desc",
    after: Annotated[str | None, Query(max_length=256, description="the store that it begins behind")] = None,
) -> Response:
    """With how many of their files are ready."""
    behind = vector_store_id_of(after) if after is not None else None
    page, more = await services.vector_stores().list(caller, after=behind, descending=order == "desc", limit=limit)
    return json_response(stored.page([store_document(each, services.now()()) for each in page], more=more))


@router.get(
    "/{vector_store_id}", responses=answered(StoreObject), response_class=Response, summary="Look at a vector store"
)
async def get_vector_store(vector_store_id: StorePath, services: Services, caller: Caller) -> Response:
    """`in_progress` while one of its files is."""
    seen = await services.vector_stores().get(caller, vector_store_id_of(vector_store_id))
    return json_response(store_document(seen, services.now()()))


@router.post(
    "/{vector_store_id}", responses=answered(StoreObject), response_class=Response, summary="Change a vector store"
)
async def change_vector_store(
    vector_store_id: StorePath, body: StoreChangeBody, services: Services, caller: Caller
) -> Response:
    """What is not given stays; `expires_after`: null is never."""
    change = StoreChange(
        name=body.name,
        metadata=body.metadata,
        expires_after_days=body.expires_after.days if body.expires_after else None,
        changes_expiry="expires_after" in body.model_fields_set,
    )
    seen = await services.vector_stores().change(caller, vector_store_id_of(vector_store_id), change)
    return json_response(store_document(seen, services.now()()))


@router.delete(
    "/{vector_store_id}", responses=answered(DeletedStore), response_class=Response, summary="Delete a vector store"
)
async def delete_vector_store(vector_store_id: StorePath, services: Services, caller: Caller) -> Response:
    """Its files stay."""
    await services.vector_stores().delete(caller, vector_store_id_of(vector_store_id))
    return json_response({"id": vector_store_id, "object": "vector_store.deleted", "deleted": True})


@router.post(
    "/{vector_store_id}/search", responses=answered(SearchPage), response_class=Response, summary="Search in it"
)
async def search_vector_store(
    vector_store_id: StorePath, body: SearchBody, services: Services, caller: Caller, key: OnceKey
) -> Response:
    """Passages by falling score, of several queries the best. Only files whose attributes pass the filters are
    searched, so no other takes a place among the results. `rewrite_query` has no effect."""
    ranking = body.ranking_options
    scope = StoreScope(
        stores=(vector_store_id_of(vector_store_id),),
        filters=body.filters.plain if body.filters else None,
        least_score=(ranking.score_threshold if ranking else None) or 0.0,
    )

    async def work() -> StoredAnswer:
        limit = body.max_num_results or RESULTS
        found = await services.vector_stores().search(caller, body.queries, scope, limit=limit)
        page: dict[str, Any] = {"object": "vector_store.search_results.page", "search_query": body.queries}
        results = [result_document(one, attributes) for one, attributes in found]
        return as_answer({**page, "data": results, "has_more": False, "next_page": None})

    return kept(await services.answer_once()(key, work))


def files_of(ids: list[str], field: str = "file_ids") -> list[DocumentId]:
    """Raise DocumentNotFound for what is no name of a file."""
    with naming_files(field):
        return [file_id_of(id) for id in ids]


@contextmanager
def naming_files(field: str) -> Iterator[None]:
    """A file that is not found was named in `field`; a store, in the path."""
    try:
        yield
    except DocumentNotFound as error:
        error.field = field
        raise


def as_answer(document: object) -> StoredAnswer:
    return StoredAnswer(200, "application/json", msgspec.json.encode(document))


def kept(answer: StoredAnswer) -> Response:
    return Response(answer.body, answer.status, media_type=answer.media_type)
