"""Responses over a WebSocket: `response.create` frames in, the events of each response out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter
from pydantic import Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from application.ports.language_model import ModelEvent, ModelFinished, ModelRequest
from domain.access import Principal
from domain.conversation import PromptMessage, Role
from domain.errors import InvalidInput, Refusal, TooBusy
from domain.run import answer_of as parts_of
from entrypoints.container import Container
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.problems import STATUS_OF_CODE, problem_body, refusal_body
from entrypoints.openai.encoders import response_stream as encoder
from entrypoints.openai.encoders.responses import WireEvent
from entrypoints.openai.encoders.run import heading_of
from entrypoints.openai.errors import error_of, status_of
from entrypoints.openai.fields import refuse_operators
from entrypoints.openai.response_schemas import ResponseBody
from entrypoints.openai.stateless_responses import stateless_call
from entrypoints.openai.turns import take_turn

router = APIRouter()

WRITE_SECONDS = 60
MOST_LANES = 16
"""So many responses may be written to one socket side by side, each under a `stream_id` of its own."""


class CreateFrame(ResponseBody):
    """The body of POST /v1/responses, and the lane that its events go to."""

    type: Literal["response.create"]
    stream_id: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    generate: bool | None = None
    """False says only what a later frame will go on from: no model is asked."""


@router.websocket("/v1/responses")
async def response_socket(socket: WebSocket, services: Services, caller: Caller) -> None:
    """Serve one socket until it closes. A stored response goes on without it; any other ends with it."""
    await socket.accept()
    responses = ResponseSocket(socket, services, caller)
    try:
        await responses.serve()
    except WebSocketDisconnect:
        pass
    finally:
        await responses.close()


class ResponseSocket:
    """One response at a time in each lane."""

    def __init__(self, socket: WebSocket, services: Container, caller: Principal) -> None:
        self.socket = socket
        self.services = services
        self.caller = caller
        self.lanes: dict[str | None, asyncio.Task[None]] = {}
        self.created = 0
        self.remembered: dict[str | None, tuple[str, tuple[PromptMessage, ...]]] = {}

    async def serve(self) -> None:
        while True:
            received = await self.socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            try:
                frame = CreateFrame.model_validate_json(received.get("text") or received.get("bytes") or "")
                self._begin(frame)
            except ValidationError as error:
                detail = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()[:20]]
                await self._complain(problem_body(422, "invalid_input", detail, self._request_id), None)
            except Refusal as refusal:
                await self._complain(refusal_body(refusal, self._request_id), frame.stream_id)

    async def close(self) -> None:
        for task in self.lanes.values():
            task.cancel()
        await asyncio.gather(*self.lanes.values(), return_exceptions=True)

    def _begin(self, frame: CreateFrame) -> None:
        """Raise InvalidInput or TooBusy when this response cannot be begun here now."""
        refuse_operators(frame.model_extra or ())
        if frame.background:
            raise InvalidInput("background", "goes with POST /v1/responses only")
        if frame.generate is False and frame.store is not False:
            raise InvalidInput("generate", "may be false only with `store`: false")
        self.lanes = {lane: task for lane, task in self.lanes.items() if not task.done()}
        if frame.stream_id in self.lanes:
            raise InvalidInput("stream_id", "another response is still being written here; wait, or use another one")
        if len(self.lanes) >= MOST_LANES:
            raise TooBusy(f"{MOST_LANES} responses are being written to this socket; wait for one of them")
        self.lanes[frame.stream_id] = asyncio.create_task(self._answer(frame))

    async def _answer(self, frame: CreateFrame) -> None:
        try:
            if frame.generate is not False:
                await self.services.limits().enter_frame(self.caller)
            async with aclosing(self._events(frame)) as batches:
                async for events in batches:
                    for event in events:
                        await self._send(_in_frame(event), frame.stream_id)
        except Refusal as refusal:
            await self._complain(refusal_body(refusal, self._request_id), frame.stream_id)

    async def _events(self, frame: CreateFrame) -> AsyncGenerator[list[WireEvent], None]:
        if frame.store is False:
            async with aclosing(self._stateless(frame)) as batches:
                async for events in batches:
                    yield events
            return
        run = await take_turn(self.services, self.caller, frame, None)
        async with aclosing(self.services.run_reader().follow(run)) as log:
            async for events in encoder.stored(log, heading_of(run)):
                yield events

    async def _stateless(self, frame: CreateFrame) -> AsyncGenerator[list[WireEvent], None]:
        """What is not stored can be gone on with on this socket, if it was the last answer in its lane, and once: when
        that fails, the client begins again with all that was said."""
        id, said = self.remembered.get(frame.stream_id, ("", ()))
        if goes_on := frame.previous_response_id == id:
            del self.remembered[frame.stream_id]
        self.created += 1
        call = await stateless_call(
            frame,
            self.services,
            self.caller,
            request_id=f"{self._request_id}_{self.created}",
            remembered=said if goes_on else None,
        )
        heard: list[ModelEvent] = []
        silent = frame.generate is False
        opened = _silence(call.request) if silent else await self.services.answer_statelessly()(call.request)
        async with aclosing(opened) as answer:
            async for events in encoder.stateless(_overheard(answer, heard), call.heading):
                yield events
        if heard and isinstance(heard[-1], ModelFinished):
            answered = PromptMessage(Role.ASSISTANT, parts_of(map(encoder.as_logged, heard)))
            kept = (*call.said, answered)[-self.services.context().budget.messages :]
            self.remembered = dict([*self.remembered.items(), (frame.stream_id, (call.heading.id, kept))][-MOST_LANES:])

    async def _complain(self, problem: dict[str, Any], lane: str | None) -> None:
        error = error_of(problem)
        await self._send({"type": "error", "status": status_of(problem), "error": error}, lane)

    async def _send(self, event: WireEvent, lane: str | None) -> None:
        in_lane = {**event, "stream_id": lane} if lane else event
        async with asyncio.timeout(WRITE_SECONDS):
            await self.socket.send_text(msgspec.json.encode(in_lane).decode())

    @property
    def _request_id(self) -> str:
        return str(self.socket.scope["request_id"])


async def _silence(request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
    yield [ModelFinished("stop", request.model)]


async def _overheard(
    batches: AsyncIterable[list[ModelEvent]], heard: list[ModelEvent]
) -> AsyncGenerator[list[ModelEvent], None]:
    async for batch in batches:
        heard += batch
        yield batch


def _in_frame(event: WireEvent) -> WireEvent:
    """An error in the middle of a response, as a socket tells errors."""
    if event["type"] != "error":
        return event
    status = STATUS_OF_CODE.get(event["code"], 500)
    return {"type": "error", "status": status, **{name: event[name] for name in ("sequence_number", "error")}}
