"""Chat over a WebSocket: one answer at a time, and a new message interrupts it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter
from pydantic import Field, StrictInt, StrictStr, ValidationError, model_validator
from starlette.websockets import WebSocket, WebSocketDisconnect

from application.chat.question import Question
from application.ports.language_model import ModelRequest
from application.ports.metering import Charge
from domain.access import Principal
from domain.conversation import (
    MESSAGE_CHARACTERS,
    ConversationId,
    PromptMessage,
    Role,
    Text,
    checked_text,
)
from domain.errors import Refusal
from domain.prompt import prompt_for
from domain.run import NumberedEvent, Run, RunFinished, RunId, RunStatus, TextDelta
from domain.usage import Purpose
from entrypoints.container import Container
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.encoders import socket_frames as frames
from entrypoints.http.problems import problem_body, refusal_body
from entrypoints.http.schemas import LARGEST_ID, Body, ModelName, StrictId

router = APIRouter()

WRITE_SECONDS = 60


class SocketFrame(Body):
    """`{"message"}`, with `conversation_id` to store the turn; `{"type": "stop"}`; `{"resume": run_id, "after": n}`."""

    type: Literal["message", "stop"] = "message"
    message: Annotated[StrictStr, Field(max_length=MESSAGE_CHARACTERS)] | None = None
    conversation_id: StrictId | Literal["new"] | None = None
    model: ModelName | None = None
    resume: StrictId | None = None
    after: Annotated[StrictInt, Field(ge=0, le=LARGEST_ID)] = 0

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.type == "message" and (self.message is None) == (self.resume is None):
            raise ValueError('a frame needs a `message`, a run to `resume`, or `"type": "stop"`')
        return self


@router.websocket("/ws/chat")
async def chat_socket(socket: WebSocket, services: Services, caller: Caller) -> None:
    """Serve one socket until it closes. A stored turn goes on without it; any other ends with it."""
    await socket.accept()
    chat = ChatSocket(socket, services, caller)
    try:
        await chat.serve()
    except WebSocketDisconnect:
        pass
    finally:
        await chat.close()


class ChatSocket:
    """Remembers its stateless turns while it is open, as many as the context budget shows to a model."""

    def __init__(self, socket: WebSocket, services: Container, caller: Principal) -> None:
        self.socket = socket
        self.services = services
        self.caller = caller
        self.turns: list[PromptMessage] = []
        self.answering: asyncio.Task[None] | None = None
        self.run: Run | None = None

    async def serve(self) -> None:
        while True:
            received = await self.socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            try:
                frame = SocketFrame.model_validate_json(received.get("text") or received.get("bytes") or "")
            except ValidationError as error:
                detail = [{"type": e["type"], "loc": list(e["loc"]), "msg": e["msg"]} for e in error.errors()[:20]]
                await self._send(frames.error(problem_body(422, "invalid_input", detail, self._request_id)))
                continue
            try:
                await self._heed(frame)
            except Refusal as refusal:
                await self._send(frames.error(refusal_body(refusal, self._request_id)))

    async def _heed(self, frame: SocketFrame) -> None:
        """A stored turn is stored before the next frame is read: whoever stops it then stops its run."""
        if frame.message is not None:
            await self.services.limits().enter_frame(self.caller)
        if frame.type == "stop" or frame.message is not None:
            await self._stop()
        if frame.type == "stop":
            return
        await self.close()
        if frame.resume is not None:
            self.run, batches = await self.services.follow_run()(self.caller, RunId(frame.resume), after=frame.after)
            answer = partial(self._show, self.run, batches)
        elif frame.conversation_id is not None:
            self.run = await self._ask(frame, frame.conversation_id)
            answer = partial(self._show, self.run, self.services.run_reader().follow(self.run))
        else:
            self.run = None
            answer = partial(self._answer_statelessly, frame)
        self.answering = asyncio.create_task(self._answer(answer))

    async def close(self) -> None:
        if self.answering:
            self.answering.cancel()
            await asyncio.gather(self.answering, return_exceptions=True)

    async def _stop(self) -> None:
        """End the answer under way, if there is one; its reader gets one `done` that says cancelled.

        Raise StorageUnavailable when a run cannot be stopped; then it goes on.
        """
        task = self.answering
        if task is None or task.done():
            return
        if self.run:
            await self.services.cancel_run()(self.caller, self.run.id)
        else:
            task.cancel()
            await self._send(frames.done(RunFinished(RunStatus.CANCELLED)))
        await asyncio.gather(task, return_exceptions=True)

    async def _answer(self, answer: Callable[[], Awaitable[None]]) -> None:
        try:
            await answer()
        except Refusal as refusal:
            await self._send(frames.error(refusal_body(refusal, self._request_id)))

    async def _answer_statelessly(self, frame: SocketFrame) -> None:
        asked = PromptMessage(Role.USER, (Text(checked_text(frame.message or "", field="message")),))
        prompt = prompt_for(self.services.context(), [*self.turns, asked])
        charge = Charge.to(self.caller, Purpose.REPLY)
        request = ModelRequest(model=frame.model or "", messages=prompt, charge=charge)
        words: list[str] = []
        async with aclosing(await self.services.answer_statelessly()(request)) as batches:
            async for batch in batches:
                for event in batch:
                    if isinstance(event, TextDelta):
                        words.append(event.text)
                        await self._send(frames.token(event.text))
        answered = PromptMessage(Role.ASSISTANT, (Text("".join(words)),))
        self.turns = [*self.turns, asked, answered][-self.services.context().budget.messages :]
        await self._send(frames.done(RunFinished(RunStatus.COMPLETED)))

    async def _ask(self, frame: SocketFrame, where: int | Literal["new"]) -> Run:
        id = None if where == "new" else ConversationId(where)
        question = Question(message=frame.message or "", conversation_id=id, model=frame.model)
        return await self.services.ask_question()(self.caller, question)

    async def _show(self, run: Run, batches: AsyncGenerator[list[NumberedEvent], None]) -> None:
        async with aclosing(batches):
            async for batch in batches:
                for numbered in batch:
                    if (said := frames.stored(run, numbered, self._request_id)) is not None:
                        await self._send(said)

    async def _send(self, frame: str) -> None:
        async with asyncio.timeout(WRITE_SECONDS):
            await self.socket.send_text(frame)

    @property
    def _request_id(self) -> str:
        scope: dict[str, Any] = dict(self.socket.scope)
        return str(scope["request_id"])
