"""Chat for an EventSource."""

import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from application.chat.question import Question
from application.ports.language_model import ModelRequest
from application.ports.metering import Charge
from domain.conversation import ConversationId, PromptMessage, Role, Text, checked_text
from domain.prompt import prompt_for
from domain.run import RunId
from domain.usage import Purpose
from entrypoints.http.chat import REFUSALS
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.encoders import sse
from entrypoints.http.problems import request_id_of
from entrypoints.http.schemas import Id
from entrypoints.http.streaming import StreamedResponse, open_run, unless_client_leaves

router = APIRouter(tags=["chat"])

CURSOR = re.compile(r"(\d{1,18})-(\d{1,9})")


@router.get(
    "/chat/sse",
    responses={
        200: {"content": {sse.MEDIA_TYPE: {"example": 'event: token\nid: 1-1\ndata: {"token": "Rivers "}\n\n'}}},
        204: {"description": "There is nothing more to come: an EventSource stops reconnecting"},
        **REFUSALS,
    },
    response_class=Response,
    summary="Ask from an EventSource",
)
async def chat_sse(
    request: Request,
    services: Services,
    caller: Caller,
    prompt: Annotated[str, Query(min_length=1, max_length=10_000, examples=["Why does a river bend?"])],
    conversation_id: Annotated[Id | None, Query()] = None,
    user_id: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """`prompt` alone is stateless; with `conversation_id` or `user_id` the turn is stored.

    An EventSource that reconnects by itself sends `Last-Event-ID` and never pays twice: a stored turn goes on after
    it, a stateless one is answered 204.
    """
    request_id = request_id_of(request)
    if last_event_id:
        return await _came_back(last_event_id, services, caller, request_id)
    if conversation_id is None and user_id is None:
        message = PromptMessage(Role.USER, (Text(checked_text(prompt, field="prompt")),))
        messages = prompt_for(services.context(), [message])
        asked = ModelRequest(model="", messages=messages, charge=Charge.to(caller, Purpose.REPLY))
        opening = services.answer_statelessly()(asked)
        answer = await unless_client_leaves(request, opening)
        pieces = sse.stateless(answer, request_id)
        return StreamedResponse(answer, pieces, media_type=sse.MEDIA_TYPE, heartbeat=sse.HEARTBEAT)
    id = ConversationId(conversation_id) if conversation_id else None
    run = await services.ask_question()(caller, Question(message=prompt, conversation_id=id, user_label=user_id))
    opened = await open_run(run, services.run_reader().follow(run))
    pieces = sse.stored(run, opened, request_id)
    return StreamedResponse(opened, pieces, media_type=sse.MEDIA_TYPE, heartbeat=sse.HEARTBEAT)


async def _came_back(last_event_id: str, services: Services, caller: Caller, request_id: str) -> Response:
    cursor = CURSOR.fullmatch(last_event_id)
    if cursor is None:
        return Response(status_code=204)
    run_id, after = RunId(int(cursor[1])), int(cursor[2])
    run, events = await services.follow_run()(caller, run_id, after=after)
    if not run.status.is_active and after >= run.last_event:
        await events.aclose()
        return Response(status_code=204)
    pieces = sse.stored(run, events, request_id)
    return StreamedResponse(events, pieces, media_type=sse.MEDIA_TYPE, heartbeat=sse.HEARTBEAT)
