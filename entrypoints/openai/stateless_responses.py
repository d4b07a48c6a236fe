"""Responses that are not stored: the model's stream in, the reader's stream out."""

from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

import msgspec
from fastapi import Request
from starlette.responses import Response

from application.ports.language_model import ModelRequest
from application.ports.metering import Charge
from domain.access import Principal
from domain.conversation import PromptMessage, checked_messages
from domain.errors import InvalidInput
from domain.idempotency import IdempotencyKey, StoredAnswer
from domain.prompt import prompt_for, stray_results
from domain.usage import Purpose
from entrypoints.container import Container
from entrypoints.http.encoders.sse import HEARTBEAT
from entrypoints.http.once import streamed_once
from entrypoints.http.problems import request_id_of
from entrypoints.http.streaming import StreamedResponse, unless_client_leaves
from entrypoints.openai.encoders import response_stream as encoder
from entrypoints.openai.encoders.chunks import DONE, MEDIA_TYPE
from entrypoints.openai.encoders.response import Heading
from entrypoints.openai.encoders.responses import ResponseFold, WireEvent
from entrypoints.openai.file_search import refuse_search
from entrypoints.openai.references import given_messages
from entrypoints.openai.response_schemas import ResponseBody
from entrypoints.openai.response_settings import echo_of, request_of, settings_of
from entrypoints.openai.turns import earlier_of


@dataclass(frozen=True, slots=True)
class StatelessCall:
    """`said` is the conversation up to the question."""

    request: ModelRequest
    heading: Heading
    said: tuple[PromptMessage, ...]


async def stateless_response(
    body: ResponseBody, request: Request, services: Container, caller: Principal, key: IdempotencyKey | None
) -> Response:
    """Whole or streamed, and the same again for the same key."""
    request_id = request_id_of(request)
    call = await stateless_call(body, services, caller, request_id=request_id)
    once = services.answer_once()
    if body.stream:
        open_stream = partial(_stream, call, services, request_id)
        return await unless_client_leaves(request, streamed_once(once, key, open_stream, done=DONE))
    answer = await unless_client_leaves(request, once(key, partial(_whole, call, services)))
    return Response(answer.body, answer.status, media_type=answer.media_type)


async def stateless_call(
    body: ResponseBody,
    services: Container,
    caller: Principal,
    *,
    request_id: str,
    remembered: tuple[PromptMessage, ...] | None = None,
) -> StatelessCall:
    """What went before may be stored, or be `remembered` by the caller; neither the question nor the answer is stored.

    The ids name nothing that is kept. Raise InvalidInput, and RunNotFound or ConversationNotFound.
    """
    refuse_search(body.tools)
    earlier = await earlier_of(services, caller, body) if remembered is None else remembered
    asked = await given_messages(services, caller, body.input, earlier=earlier)
    checked_messages(asked, field="input")
    if stray := stray_results([*earlier, *asked], asked=len(asked)):
        raise InvalidInput("input", f"has a result of the call {stray[0][:100]!r}, which waits for none")
    settings = settings_of(body)
    prompt = prompt_for(services.context(), [*earlier, *asked], asked=len(asked), instructions=settings.instructions)
    key = f"once_{request_id}"
    heading = Heading(
        id=f"resp_{key}",
        key=key,
        created_at=int(services.now()().timestamp()),
        model=body.model or services.settings().default_model,
        settings={**echo_of(settings), "store": False},
    )
    said = (*(PromptMessage(message.role, message.parts) for message in earlier), *asked)
    asked_for = replace(request_of(settings, body.model or "", prompt), charge=Charge.to(caller, Purpose.REPLY))
    return StatelessCall(asked_for, heading, said)


async def _stream(call: StatelessCall, services: Container, request_id: str) -> StreamedResponse:
    opened = await services.answer_statelessly()(call.request)
    pieces = encoder.framed(encoder.stateless(opened, call.heading), request_id)
    return StreamedResponse(opened, pieces, media_type=MEDIA_TYPE, heartbeat=HEARTBEAT)


async def _whole(call: StatelessCall, services: Container) -> StoredAnswer:
    """Raise ProviderFailure, also in the middle: half an answer that nobody can come back to is none."""
    fold, events = ResponseFold(call.heading), list[WireEvent]()
    async with aclosing(await services.answer_statelessly()(call.request)) as batches:
        async for batch in batches:
            events = fold.feed(map(encoder.as_logged, batch))
    return StoredAnswer(200, "application/json", msgspec.json.encode(events[-1]["response"]))
