"""Responses: created, looked at, followed from any event, stopped, deleted."""

from contextlib import aclosing
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from domain.access import Principal
from domain.errors import InvalidInput
from domain.run import Run, RunStatus
from domain.step import RunWaiting
from entrypoints.container import Container
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.encoders.sse import HEARTBEAT
from entrypoints.http.problems import RunFailed, request_id_of
from entrypoints.http.schemas import LARGEST_ID
from entrypoints.http.streaming import StreamedResponse, open_run, unless_client_leaves
from entrypoints.openai.answer_schemas import DeletedObject, ItemsPage, ResponseObject
from entrypoints.openai.documentation import ERRORS, answered
from entrypoints.openai.encoders import response_stream as encoder
from entrypoints.openai.encoders.chunks import MEDIA_TYPE
from entrypoints.openai.encoders.run import heading_of, is_background, response_of
from entrypoints.openai.encoders.stored import items_of, page_of
from entrypoints.openai.fields import refuse_operators
from entrypoints.openai.ids import run_id_of
from entrypoints.openai.response_schemas import ResponseBody
from entrypoints.openai.stateless_responses import stateless_response
from entrypoints.openai.turns import answer_of, input_of, take_turn

router = APIRouter(prefix="/v1/responses", tags=["openai"], responses=ERRORS)

EXAMPLE = 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"Rivers "}\n\n'
BOTH = answered(ResponseObject, streamed=EXAMPLE)
ResponseId = Annotated[str, Path(max_length=256, examples=["resp_1"])]
Limit = Annotated[int, Query(ge=1, le=100, description="how many at most")]
After = Annotated[str | None, Query(max_length=256, description="the item that the page begins behind")]
Order = Annotated[Literal["asc", "desc"], Query(description="oldest first, or newest first")]


@router.post("", responses=BOTH, response_class=Response, summary="Answer, and keep the turn")
async def create_response(
    body: ResponseBody, request: Request, services: Services, caller: Caller, key: OnceKey
) -> Response:
    """Whole; with `stream` as it is written; with `background` to be looked at later. A stored response is written to
    its end in each case, and can be followed from any of its events. With `store`: false nothing is kept."""
    refuse_operators(body.model_extra or ())
    if body.store is False:
        return await stateless_response(body, request, services, caller, key)
    run = await take_turn(services, caller, body, key)
    if body.background and not body.stream:
        return await _look(run, services, caller)
    if not body.stream:
        return await unless_client_leaves(request, _whole(run, services, caller))
    batches = services.run_reader().follow(run)
    opened = batches if body.background else await open_run(run, batches)
    pieces = encoder.framed(encoder.stored(opened, heading_of(run)), request_id_of(request))
    return StreamedResponse(opened, pieces, media_type=MEDIA_TYPE, heartbeat=HEARTBEAT)


@router.get("/{response_id}", responses=BOTH, response_class=Response, summary="Look at a response, or follow it")
async def get_response(
    response_id: ResponseId,
    request: Request,
    services: Services,
    caller: Caller,
    stream: bool = False,
    starting_after: Annotated[
        int | None, Query(ge=0, le=LARGEST_ID, description="the last `sequence_number` you have seen")
    ] = None,
) -> Response:
    """With `stream` its events, also when it has ended: the same numbers for every reader, and live to the end."""
    if not stream and starting_after is not None:
        raise InvalidInput("starting_after", "goes only with stream=true")
    run_id = run_id_of(response_id)
    if not stream:
        return await _look(await services.get_run()(caller, run_id), services, caller)
    run, batches = await services.follow_run()(caller, run_id)
    events = encoder.stored if run.status.is_active else encoder.again
    after = -1 if starting_after is None else starting_after
    pieces = encoder.framed(events(batches, heading_of(run), after=after), request_id_of(request))
    return StreamedResponse(batches, pieces, media_type=MEDIA_TYPE, heartbeat=HEARTBEAT)


@router.post(
    "/{response_id}/cancel", responses=answered(ResponseObject), response_class=Response, summary="Stop a response"
)
async def cancel_response(response_id: ResponseId, services: Services, caller: Caller) -> Response:
    """Idempotent; what was said so far is kept. One that was not in the background can be stopped only before it
    has ended."""
    run = await services.get_run()(caller, run_id_of(response_id))
    if run.status.is_active:
        run = await services.cancel_run()(caller, run.id)
    elif run.status is not RunStatus.CANCELLED and not is_background(run):
        raise InvalidInput("response_id", "has ended already, and was not in the background")
    return await _look(run, services, caller)


@router.delete(
    "/{response_id}", responses=answered(DeletedObject), response_class=Response, summary="Forget a response"
)
async def delete_response(response_id: ResponseId, services: Services, caller: Caller) -> Response:
    """It is stopped first. What was asked and answered stays in its conversation."""
    await services.delete_run()(caller, run_id_of(response_id))
    return json_response({"id": response_id, "object": "response", "deleted": True})


@router.get(
    "/{response_id}/input_items", responses=answered(ItemsPage), response_class=Response, summary="What was asked"
)
async def list_input_items(
    response_id: ResponseId,
    services: Services,
    caller: Caller,
    limit: Limit = 20,
    order: Order = "desc",
    after: After = None,
) -> Response:
    """The items that the response was given as its input."""
    run = await services.get_run()(caller, run_id_of(response_id))
    items = [item for message in await input_of(services, caller, run) for item in items_of(message)]
    return json_response(page_of(items, descending=order == "desc", limit=limit, after=after))


async def _whole(run: Run, services: Container, caller: Principal) -> Response:
    """The response when its run has ended or waits for a person. Raise RunFailed when there is no answer at all."""
    async with aclosing(services.run_reader().follow(run)) as batches:
        async for batch in batches:
            if isinstance(batch[-1].event, RunWaiting):
                break
    ended = await services.get_run()(caller, run.id)
    if ended.status is RunStatus.FAILED and ended.problem:
        raise RunFailed(ended, ended.problem)
    return await _look(ended, services, caller)


async def _look(run: Run, services: Container, caller: Principal) -> Response:
    parts = () if run.status.is_active else await answer_of(services, caller, run)
    approvals = await services.list_run_approvals()(caller, run.id) if run.settings.server_tools else []
    return json_response(response_of(run, parts, approvals))


def json_response(document: object) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
