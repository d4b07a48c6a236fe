"""Runs: look, follow from any cursor, stop."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import WithJsonSchema
from starlette.responses import Response

from application.chat.question import Question
from domain import errors
from domain.citation import DocumentId
from domain.conversation import ConversationId
from domain.errors import InvalidInput
from domain.run import IfBusy, RunId
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.encoders import events as encoder
from entrypoints.http.encoders import ndjson, sse
from entrypoints.http.schemas import LARGEST_ID, Id, NewRunBody, RunOut
from entrypoints.http.streaming import StreamedResponse

router = APIRouter(prefix="/runs", tags=["runs"])
MISSING = problems(errors.RunNotFound)

RunPath = Annotated[Id, Path(description="a run's id", examples=[1])]


@router.post(
    "",
    status_code=202,
    responses=problems(
        *(errors.ConversationNotFound, errors.DocumentNotFound),
        *(errors.ReplyInProgress, errors.KeyInUse, errors.TooBusy),
    ),
    summary="Ask, and follow the answer elsewhere",
)
async def start_run(body: NewRunBody, services: Services, caller: Caller, key: OnceKey) -> RunOut:
    """A stored turn as in `POST /chat/stream`, answered at once: its events are at `/runs/{id}/events`."""
    tools = (await services.sessions().settings(None)).server_tools if body.tools else ()
    question = Question(
        message=body.message,
        conversation_id=ConversationId(body.conversation_id) if body.conversation_id else None,
        user_label=body.user_id,
        documents=None if body.documents is None else tuple(map(DocumentId, body.documents)),
        server_tools=tools,
        model=body.model,
        if_busy=body.if_busy or IfBusy.REJECT,
        key=key,
    )
    return RunOut.of(await services.ask_question()(caller, question))


@router.get("/{id}", responses=MISSING, summary="Look at a run")
async def get_run(id: RunPath, services: Services, caller: Caller) -> RunOut:
    """Its status, and once it has ended how and at what cost."""
    return RunOut.of(await services.get_run()(caller, RunId(id)))


@router.get(
    "/{id}/events",
    responses={
        200: {"content": {sse.MEDIA_TYPE: {}, ndjson.MEDIA_TYPE: {}}},
        204: {"description": "The run has ended and the cursor is at its end (server-sent events only)"},
        **problems(errors.RunNotFound, errors.CursorAhead),
    },
    response_class=Response,
    summary="Follow a run from any cursor, live to the end",
)
async def follow_run(
    id: RunPath,
    request: Request,
    services: Services,
    caller: Caller,
    after: Annotated[int | None, Query(ge=0, le=LARGEST_ID, description="the last `seq` you have seen")] = None,
    last_event_id: Annotated[
        str | None, Header(), WithJsonSchema({"type": "string", "pattern": "^[0-9]{0,18}$"})
    ] = None,
) -> Response:
    """Server-sent events when `Accept` asks for them, NDJSON otherwise. Leave whenever you like and come back."""
    seen = _cursor(last_event_id)
    cursor = seen if after is None else after
    run, batches = await services.follow_run()(caller, RunId(id), after=cursor)
    if sse.MEDIA_TYPE not in request.headers.get("accept", ""):
        pieces = encoder.encoded(batches, encoder.as_line)
        return StreamedResponse(batches, pieces, media_type=ndjson.MEDIA_TYPE)
    if not run.status.is_active and cursor >= run.last_event:
        await batches.aclose()
        return Response(status_code=204)
    pieces = encoder.encoded(batches, encoder.as_frame)
    return StreamedResponse(batches, pieces, media_type=sse.MEDIA_TYPE, heartbeat=sse.HEARTBEAT)


@router.post("/{id}/cancel", responses=MISSING, summary="Stop a run")
async def cancel_run(id: RunPath, services: Services, caller: Caller) -> RunOut:
    """Idempotent. What was said so far is kept, and the provider's connection is closed."""
    return RunOut.of(await services.cancel_run()(caller, RunId(id)))


def _cursor(last_event_id: str | None) -> int:
    if not last_event_id:
        return 0
    if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19):
        raise InvalidInput("Last-Event-ID", "must be the number of an event of this run")
    return int(last_event_id)
