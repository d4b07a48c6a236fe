"""Chat completions: what the provider says passes as it is where it speaks this dialect, and nothing is stored unless
`store` asks for it."""

from functools import partial
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from application.chat.stream_chat import OpenedRelay
from application.chat_router import ChatCall
from application.ports.metering import Charge
from domain.errors import InvalidInput
from domain.idempotency import StoredAnswer
from domain.usage import Purpose
from entrypoints.container import Container
from entrypoints.http.dependencies import KEY_PARAMETER, caller_of, once_key_of, services_of
from entrypoints.http.encoders.sse import HEARTBEAT
from entrypoints.http.once import streamed_once
from entrypoints.http.problems import request_id_of
from entrypoints.http.streaming import StreamedResponse, unless_client_leaves
from entrypoints.openai.answer_schemas import CompletionObject
from entrypoints.openai.chat_schemas import ChatCompletionBody
from entrypoints.openai.documentation import ERRORS, answered
from entrypoints.openai.encoders.chunks import DONE, MEDIA_TYPE, Heading, chunks, relayed
from entrypoints.openai.encoders.completion import completion
from entrypoints.openai.fields import refuse_operators
from entrypoints.openai.given_files import chat_with_texts
from entrypoints.openai.neutral import model_request
from entrypoints.openai.stored_chat import stored_chat

router = APIRouter(prefix="/v1", tags=["openai"], responses=ERRORS)

EXAMPLE = 'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Rivers "}}]}\n\n'


@router.post(
    "/chat/completions",
    responses=answered(CompletionObject, streamed=EXAMPLE),
    response_class=Response,
    openapi_extra={"parameters": [KEY_PARAMETER]},
    summary="Answer a list of messages",
)
async def chat_completions(body: ChatCompletionBody, request: Request) -> Response:
    """Whole, or with `stream` as server-sent events that end in `data: [DONE]`; an answer that is cut ends in an
    `error` instead. Fields that Parley does not know go to a provider that speaks this dialect as they are."""
    # each FastAPI dependency costs a tenth of what is ours of a request
    services, key = services_of(request), await once_key_of(request)
    _check(body)
    raw = None if body.store else _document(await request.body())
    await chat_with_texts(services, caller_of(request), body, raw)
    if raw is None:
        return await stored_chat(body, request, services, caller_of(request), key)
    call = ChatCall(
        model=body.model,
        body=raw,
        neutral=partial(model_request, body),
        charge=Charge.to(caller_of(request), Purpose.REPLY, asked=body.model),
    )
    heading = _heading(body, request, services)
    once = services.answer_once()
    if body.stream:
        open_stream = partial(_stream, call, heading, services, request_id_of(request))
        return await unless_client_leaves(request, streamed_once(once, key, open_stream, done=DONE))
    answer = await unless_client_leaves(request, once(key, partial(_whole, call, heading, services)))
    return Response(answer.body, answer.status, media_type=answer.media_type)


def _check(body: ChatCompletionBody) -> None:
    refuse_operators(body.model_extra or ())
    if body.stream_options is not None and not body.stream:
        raise InvalidInput("stream_options", "goes only with `stream`: true")


async def _stream(call: ChatCall, heading: Heading, services: Container, request_id: str) -> StreamedResponse:
    opened = await services.stream_chat()(call)
    pieces = relayed(opened, request_id) if isinstance(opened, OpenedRelay) else chunks(opened, heading, request_id)
    return StreamedResponse(opened, pieces, media_type=MEDIA_TYPE, heartbeat=HEARTBEAT)


async def _whole(call: ChatCall, heading: Heading, services: Container) -> StoredAnswer:
    answer = await services.complete_chat()(call)
    body = answer if isinstance(answer, bytes) else completion(answer, heading)
    return StoredAnswer(200, "application/json", body)


def _heading(body: ChatCompletionBody, request: Request, services: Container) -> Heading:
    options = body.stream_options
    return Heading(
        id=f"chatcmpl-{request_id_of(request)}",
        created=int(services.now()().timestamp()),
        model=body.model,
        include_usage=bool(options and options.include_usage),
    )


def _document(raw: bytes) -> dict[str, Any]:
    """The body as it came; what was checked is the same, less what other providers may know."""
    try:
        document: dict[str, Any] = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        raise InvalidInput("body", "must be JSON without NaN, infinities and halves of surrogate pairs") from None
    return document
