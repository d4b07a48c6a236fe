"""Chat over HTTP: whole, as NDJSON and as server-sent events."""

import re
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from application.chat.ask_question import Question
from application.chat.whole_answer import whole_answer
from application.ports.language_model import ModelRequest
from application.runs.live_run import LiveRun
from domain import errors
from domain.conversation import ConversationId, PromptMessage, Role, Text, checked_text, storable
from domain.run import RunFinished, RunId, TextDelta
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.encoders import ndjson, sse
from entrypoints.http.problems import RunFailed, request_id_of
from entrypoints.http.schemas import ChatBody, ChatOut, Id, UsageOut
from entrypoints.http.streaming import StreamedResponse, open_live, unless_client_leaves

router = APIRouter(tags=["chat"])

REFUSALS = problems(
    errors.ConversationNotFound,
    errors.ReplyInProgress,
    errors.TooBusy,
    errors.ProviderCredentialsRefused,
    errors.ProviderRejectedRequest,
    errors.ProviderOverloaded,
    errors.ProviderUnavailable,
    errors.ProviderTimedOut,
    errors.ProviderAnswerInvalid,
)
CURSOR = re.compile(r"(\d{1,18})-(\d{1,9})")


@router.post("/chat", responses=REFUSALS, summary="Ask, and get the whole answer")
async def chat(body: ChatBody, request: Request, services: Services, caller: Caller) -> ChatOut:
    """With `message` the turn is stored and goes on even if you leave; with `messages` nothing is stored."""
    if body.message is None:
        model_request = _model_request(body)
        answer = await unless_client_leaves(request, whole_answer(services.model(), model_request))
        return ChatOut(
            conversation_id=None,
            reply=answer.text,
            model=body.model or services.settings().default_model,
            usage=UsageOut.of(answer.finished.usage),
        )
    live = await services.ask_question()(caller, _question(body))
    reply, outcome = await unless_client_leaves(request, _drained(live))
    return ChatOut(
        conversation_id=live.run.conversation_id,
        reply=reply,
        model=live.run.model,
        usage=UsageOut.of(outcome.usage),
        run_id=live.run.id,
        status=outcome.status,
    )


@router.post(
    "/chat/stream",
    responses={
        200: {"content": {ndjson.MEDIA_TYPE: {"example": '{"token": "Rivers "}\n{"done": true}\n'}}},
        **REFUSALS,
    },
    response_class=Response,
    summary="Ask, and read the answer as it is written",
)
async def chat_stream(body: ChatBody, request: Request, services: Services, caller: Caller) -> Response:
    """`{"token"}` lines, then exactly one `{"done": true}`; or one `{"error"}` line and no done.

    Lines of a stored turn have `seq`; with it and `run_id` come back at `/runs/{id}/events?after=seq`.
    """
    request_id = request_id_of(request)
    if body.message is None:
        opening = services.answer_statelessly()(_model_request(body))
        answer = await unless_client_leaves(request, opening)
        return StreamedResponse(answer, ndjson.stateless(answer, request_id), media_type=ndjson.MEDIA_TYPE)
    live = await services.ask_question()(caller, _question(body))
    opened = await open_live(live)
    return StreamedResponse(opened, ndjson.stored(live.run, opened, request_id), media_type=ndjson.MEDIA_TYPE)


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
        opening = services.answer_statelessly()(ModelRequest(model="", messages=(message,)))
        answer = await unless_client_leaves(request, opening)
        pieces = sse.stateless(answer, request_id)
        return StreamedResponse(answer, pieces, media_type=sse.MEDIA_TYPE, heartbeat=sse.HEARTBEAT)
    id = ConversationId(conversation_id) if conversation_id else None
    live = await services.ask_question()(caller, Question(message=prompt, conversation_id=id, user_label=user_id))
    opened = await open_live(live)
    pieces = sse.stored(live.run, opened, request_id)
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


def _question(body: ChatBody) -> Question:
    return Question(
        message=body.message or "",
        conversation_id=ConversationId(body.conversation_id) if body.conversation_id else None,
        user_label=body.user_id,
        model=body.model,
    )


def _model_request(body: ChatBody) -> ModelRequest:
    messages = tuple(
        PromptMessage(Role(message.role), (Text(storable(message.content, field=f"messages[{i}].content")),))
        for i, message in enumerate(body.messages or ())
    )
    return ModelRequest(
        model=body.model or "", messages=messages, temperature=body.temperature, max_tokens=body.max_tokens
    )


async def _drained(live: LiveRun) -> tuple[str, RunFinished]:
    """The whole answer of a run and how it ended. Raise RunFailed."""
    words: list[str] = []
    async with aclosing(live.follow()) as batches:
        async for batch in batches:
            words.extend(n.event.text for n in batch if isinstance(n.event, TextDelta))
            if isinstance(last := batch[-1].event, RunFinished):
                if last.problem:
                    raise RunFailed(live.run, last.problem)
                return "".join(words), last
    raise AssertionError("a followed run always ends")
