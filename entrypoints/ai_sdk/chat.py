"""Chats for `useChat`: asked, resumed, stopped and read again after a reload."""

from contextlib import suppress
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response

from domain import errors
from domain.approval import ApprovalId
from domain.conversation import ALIAS_CHARACTERS, Conversation, Message, MessageId, Role, storable
from domain.errors import ApprovalClosed, ApprovalNotFound, ConversationNotFound, InvalidInput
from domain.run import Run
from domain.step import RunWaiting
from entrypoints.ai_sdk import stream
from entrypoints.ai_sdk.schemas import OWN_PATHS, ApprovalIn, ChatStepBody, StoppedOut
from entrypoints.ai_sdk.steps import answers_in, run_of, step_of
from entrypoints.ai_sdk.ui_messages import grouped, ui_messages
from entrypoints.http.chat import REFUSALS
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.encoders.sse import HEARTBEAT
from entrypoints.http.schemas import Id
from entrypoints.http.streaming import StreamedResponse, open_run


class AnyName(Convertor[str]):
    """Slashes and ends of lines too."""

    regex = "(?s:.+)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class ChatName(AnyName):
    """But for what is an address below a chat."""

    regex = rf"(?!(?s:.+)(?:{'|'.join(OWN_PATHS)})\Z)(?s:.+)"


register_url_convertor("any_name", AnyName())
register_url_convertor("chat_name", ChatName())
router = APIRouter(prefix="/ai-sdk/chat", tags=["ai-sdk"])

MOST_GROUPED = 100
"""So many messages at most are looked at to find what an answer goes on from."""
MOST_EVENTS = 1_000_000
"""More than a run that still waits can have."""
ChatId = Annotated[
    str, Path(min_length=1, max_length=ALIAS_CHARACTERS, description="what the page calls it", examples=["chat-1"])
]
EXAMPLE = (
    'data: {"type":"start","messageId":"msg_1_2"}\n\ndata: {"type":"text-delta","id":"m2-0","delta":"Rivers "}\n\n'
)
STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {stream.MEDIA_TYPE: {"example": EXAMPLE}}}}
IDLE: dict[int | str, dict[str, Any]] = {204: {"description": "Nothing is being answered there"}}
MISSING = problems(errors.ConversationNotFound)


@router.post(
    "",
    responses={**STREAM, **REFUSALS, **problems(errors.MessageNotFound, errors.ApprovalNotFound)},
    response_class=Response,
    summary="Ask in a chat of the AI SDK, and read the answer as it is written",
)
async def send(body: ChatStepBody, services: Services, caller: Caller, key: OnceKey) -> Response:
    """A stored turn as a UI message stream, for `new DefaultChatTransport({ api: "/ai-sdk/chat" })`.

    Only what is new is taken: the last question, or results of tools that the page has run; what came earlier is stored
    already, or is stored now if the chat is not known yet. The same message sent again is not asked again.

    `server_tools` are tools that run here. Where one needs a person, the stream ends with `tool-approval-request`; the
    page calls `addToolApprovalResponse` and sends the message again, and the answer goes on.
    """
    if answers := answers_in(body):
        return await _go_on(body, answers, services, caller)
    run = await services.continue_chat()(caller, step_of(body, caller, key))
    group = await _group(run, services, caller) if body.said[-1].role == "assistant" else []
    opened = await open_run(run, services.run_reader().follow(run))
    return _streamed(opened, stream.stored(run, opened, group=group))


async def _go_on(body: ChatStepBody, answers: list[ApprovalIn], services: Services, caller: Caller) -> Response:
    """Decide what the page was asked, and go on with the answer behind what it has. Others may have decided before."""
    run_id = run_of(body.said[-1])
    if run_id is None:
        raise InvalidInput("messages", "the last one does not say which run it is: keep its metadata")
    run = await services.get_run()(caller, run_id)
    log = await services.run_log().read(run.id, after=0, limit=MOST_EVENTS)
    seen = max((numbered.number for numbered in log if isinstance(numbered.event, RunWaiting)), default=0)
    for answer in answers:
        if not answer.id.isdecimal():
            raise ApprovalNotFound(answer.id)
        with suppress(ApprovalClosed):
            await services.decide_approval()(
                caller, ApprovalId(int(answer.id)), approved=bool(answer.approved), comment=answer.reason or None
            )
    batches = services.run_reader().follow(run)
    return _streamed(batches, stream.stored(run, batches, seen=seen))


@router.get(
    "/{chat_id:any_name}/stream",
    responses={**STREAM, **IDLE, **problems()},
    response_class=Response,
    summary="Resume the answer that is being written",
)
async def resume(chat_id: ChatId, services: Services, caller: Caller) -> Response:
    """From its beginning and live to its end; 204 when there is none."""
    conversation, run = await _found(chat_id, services, caller)
    if conversation is None or run is None:
        return Response(status_code=204)
    group = await _group(run, services, caller)
    batches = services.run_reader().follow(run)
    return _streamed(batches, stream.stored(run, batches, group=group, replay=True))


@router.post("/{chat_id:any_name}/stop", responses=MISSING, summary="Stop the answer that is being written")
async def stop(chat_id: ChatId, services: Services, caller: Caller) -> StoppedOut:
    """What was said is kept. `useChat`'s own `stop()` only stops reading, and the answer can be resumed."""
    conversation, run = await _found(chat_id, services, caller)
    if conversation is None:
        raise ConversationNotFound
    if run:
        await services.cancel_run()(caller, run.id)
    return StoppedOut(stopped=run is not None, run_id=run.id if run else None)


@router.get("/{chat_id:chat_name}", responses=MISSING, response_model=list[dict[str, Any]], summary="Read a chat")
async def read(
    chat_id: ChatId,
    request: Request,
    services: Services,
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=500, description="how many messages at most")] = 200,
    before: Annotated[Id | None, Query(description="only messages above this one: the cursor")] = None,
) -> Response:
    """`UIMessage[]`, oldest first, for the `messages` that `useChat` begins with.

    An answer that has not said anything is not among them: resume it. When there is more, `Link` has what comes before.
    """
    conversation, _ = await _found(chat_id, services, caller)
    if conversation is None:
        raise ConversationNotFound
    cursor = MessageId(before) if before else None
    page, more = await services.list_messages()(caller, conversation.id, before=cursor, tip=None, limit=limit)
    page = _from_a_question_on(page) if more else page
    url = request.url.include_query_params(before=page[0].id) if more else None
    link = {"Link": f'<{url.path}?{url.query}>; rel="next"'} if url else None
    return Response(msgspec.json.encode(ui_messages(page)), headers=link, media_type="application/json")


async def _found(chat_id: str, services: Services, caller: Caller) -> tuple[Conversation | None, Run | None]:
    return await services.find_conversation()(caller, storable(chat_id, field="chat_id"))


async def _group(run: Run, services: Services, caller: Caller) -> list[Message]:
    """What the run's answer goes on from within one message of the page."""
    page, _ = await services.list_messages()(
        caller, run.conversation_id, before=None, tip=run.answer_id, limit=MOST_GROUPED
    )
    return grouped(page)[-1][:-1]


def _from_a_question_on(page: list[Message]) -> list[Message]:
    """Without an answer's end whose beginning is on the page before, if anything is left then."""
    first = next((place for place, message in enumerate(page) if message.role in (Role.USER, Role.SYSTEM)), 0)
    return page[first:]


def _streamed(source: Any, pieces: Any) -> StreamedResponse:
    return StreamedResponse(source, pieces, media_type=stream.MEDIA_TYPE, heartbeat=HEARTBEAT, headers=stream.HEADERS)
