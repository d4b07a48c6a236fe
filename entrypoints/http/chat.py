"""Chat over HTTP: whole, and as NDJSON."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from application.chat.question import Question
from application.chat.whole_answer import whole_answer
from application.ports.language_model import ModelRequest
from application.ports.metering import Charge
from application.provider_names import name_to_say
from domain import errors
from domain.citation import DocumentId
from domain.conversation import ConversationId, Part, PromptMessage, Role, Text, citations_in, storable, text_of
from domain.errors import RunNotFound
from domain.idempotency import IdempotencyKey, StoredAnswer
from domain.run import IfBusy, NumberedEvent, Run, RunEvent, RunFinished, answer_of
from domain.usage import Purpose
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.encoders import ndjson
from entrypoints.http.once import streamed_once
from entrypoints.http.problems import RunFailed, request_id_of
from entrypoints.http.schemas import ChatBody, ChatOut, CompatOut, UsageOut
from entrypoints.http.sources import SourceOut
from entrypoints.http.streaming import StreamedResponse, open_run, unless_client_leaves

router = APIRouter(tags=["chat"])

REFUSALS = problems(
    errors.ConversationNotFound,
    errors.DocumentNotFound,
    errors.ReplyInProgress,
    errors.TooBusy,
    errors.ProviderCredentialsRefused,
    errors.ProviderRejectedRequest,
    errors.ProviderOverloaded,
    errors.ProviderUnavailable,
    errors.ProviderTimedOut,
    errors.ProviderAnswerInvalid,
)


@router.post("/chat", responses=REFUSALS, response_model=ChatOut, summary="Ask, and get the whole answer")
async def chat(body: ChatBody, request: Request, services: Services, caller: Caller, key: OnceKey) -> Response:
    """With `message` the turn is stored and goes on even if you leave; with `messages` nothing is stored."""
    if body.message is None:
        work = partial(_whole_answer, body, services, caller)
        answer = await unless_client_leaves(request, services.answer_once()(key, work))
        return Response(answer.body, answer.status, media_type=answer.media_type)
    run = await services.ask_question()(caller, _question(body, key))
    parts, outcome = await unless_client_leaves(request, drained(run, services.run_reader().follow(run)))
    out = ChatOut(
        conversation_id=run.conversation_id,
        reply=text_of(parts),
        model=name_to_say(run.model, outcome.answered_by),
        usage=UsageOut.of(outcome.usage),
        compat=CompatOut.of(outcome.dropped),
        run_id=run.id,
        status=outcome.status,
        sources=[SourceOut.of(citation) for citation in citations_in(parts)],
    )
    return Response(out.model_dump_json(), media_type="application/json")


@router.post(
    "/chat/stream",
    responses={
        200: {"content": {ndjson.MEDIA_TYPE: {"example": '{"token": "Rivers "}\n{"done": true}\n'}}},
        **REFUSALS,
    },
    response_class=Response,
    summary="Ask, and read the answer as it is written",
)
async def chat_stream(body: ChatBody, request: Request, services: Services, caller: Caller, key: OnceKey) -> Response:
    """`{"token"}` lines, then exactly one `{"done": true}`; or one `{"error"}` line and no done.

    Lines of a stored turn have `seq`; with it and `run_id` come back at `/runs/{id}/events?after=seq`. A line with
    `"reset": true` says that the answer begins anew with its token.
    """
    request_id = request_id_of(request)
    if body.message is None:
        open_stream = partial(_stateless_stream, body, services, caller, request_id)
        return await unless_client_leaves(
            request, streamed_once(services.answer_once(), key, open_stream, done=ndjson.DONE)
        )
    run = await services.ask_question()(caller, _question(body, key))
    opened = await open_run(run, services.run_reader().follow(run))
    return StreamedResponse(opened, ndjson.stored(run, opened, request_id), media_type=ndjson.MEDIA_TYPE)


async def _whole_answer(body: ChatBody, services: Services, caller: Caller) -> StoredAnswer:
    answer = await whole_answer(services.model(), _model_request(body, caller))
    out = ChatOut(
        conversation_id=None,
        reply=answer.text,
        model=name_to_say(body.model or services.settings().default_model, answer.finished.answered_by),
        usage=UsageOut.of(answer.finished.usage),
        compat=CompatOut.of(answer.finished.dropped),
    )
    return StoredAnswer(200, "application/json", out.model_dump_json().encode())


async def _stateless_stream(body: ChatBody, services: Services, caller: Caller, request_id: str) -> StreamedResponse:
    answer = await services.answer_statelessly()(_model_request(body, caller))
    return StreamedResponse(answer, ndjson.stateless(answer, request_id), media_type=ndjson.MEDIA_TYPE)


def _question(body: ChatBody, key: IdempotencyKey | None) -> Question:
    return Question(
        message=body.message or "",
        conversation_id=ConversationId(body.conversation_id) if body.conversation_id else None,
        user_label=body.user_id,
        documents=None if body.documents is None else tuple(map(DocumentId, body.documents)),
        model=body.model,
        if_busy=body.if_busy or IfBusy.REJECT,
        key=key,
    )


def _model_request(body: ChatBody, caller: Caller) -> ModelRequest:
    messages = tuple(
        PromptMessage(Role(message.role), (Text(storable(message.content, field=f"messages[{i}].content")),))
        for i, message in enumerate(body.messages or ())
    )
    return ModelRequest(
        model=body.model or "",
        messages=messages,
        temperature=body.temperature,
        max_tokens=body.max_tokens,
        charge=Charge.to(caller, Purpose.REPLY),
    )


async def drained(run: Run, batches: AsyncGenerator[list[NumberedEvent], None]) -> tuple[tuple[Part, ...], RunFinished]:
    """The whole answer of a run and how it ended. Raise RunFailed."""
    events: list[RunEvent] = []
    async with aclosing(batches):
        async for batch in batches:
            events += [numbered.event for numbered in batch]
    if not (events and isinstance(outcome := events[-1], RunFinished)):
        raise RunNotFound(run.id)
    if outcome.problem:
        raise RunFailed(run, outcome.problem)
    return answer_of(events), outcome
