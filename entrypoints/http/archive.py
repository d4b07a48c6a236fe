"""Take conversations out, and move them in."""

from collections.abc import AsyncGenerator, AsyncIterable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from domain import errors
from domain.archive import WholeConversation
from domain.conversation import ConversationId
from domain.idempotency import StoredAnswer
from entrypoints.http.archive_lines import END, lines_of, wholes_in
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.schemas import Id, Out
from entrypoints.http.streaming import StreamedResponse

router = APIRouter(prefix="/archive", tags=["conversations"])

JSONL = "application/jsonl"
EXAMPLE = (
    '{"record":"conversation","id":1,"title":"Rivers","created_at":"2026-01-01T12:00:00Z",'
    '"updated_at":"2026-01-01T12:00:00Z","head_id":1}\n'
    '{"record":"message","id":1,"conversation_id":1,"role":"user","created_at":"2026-01-01T12:00:00Z",'
    '"parts":[{"type":"text","text":"Why does a river bend?"}]}\n'
    '{"record":"end"}\n'
)
TAKEN: dict[int | str, dict[str, Any]] = {200: {"content": {JSONL: {"example": EXAMPLE}}}}
LINES = {"schema": {"type": "string"}, "example": EXAMPLE}
GIVEN = {"requestBody": {"required": True, "content": {JSONL: LINES, "text/plain": LINES}}}


class MovedInOut(Out):
    """The new ids, in the order of the lines."""

    conversation_ids: list[int]


@router.get(
    "",
    response_class=Response,
    responses={**problems(errors.ConversationNotFound), **TAKEN},
    summary="Take conversations out",
)
async def take_out(
    services: Services,
    caller: Caller,
    conversation_id: Annotated[Id | None, Query(description="only this one; else all, the oldest first")] = None,
) -> StreamedResponse:
    """A line of JSON for each conversation, then one for each message of every branch, with its parts and citations.

    The last line is `{"record":"end"}`, without which something is missing. `POST /archive` takes it in again.
    """
    only = ConversationId(conversation_id) if conversation_id else None
    wholes = await services.take_out()(caller, only)
    headers = {"Content-Disposition": 'attachment; filename="conversations.jsonl"'}
    return StreamedResponse(wholes, _lines(wholes), media_type=JSONL, headers=headers)


async def _lines(wholes: AsyncIterable[WholeConversation]) -> AsyncGenerator[bytes, None]:
    async for whole in wholes:
        yield lines_of(whole)
    yield END


@router.post(
    "",
    response_model=MovedInOut,
    status_code=201,
    responses=problems(errors.InvalidInput, errors.KeyInUse),
    openapi_extra=GIVEN,
    summary="Move conversations in",
)
async def move_in(request: Request, services: Services, caller: Caller, key: OnceKey) -> Response:
    """What `GET /archive` has given, here or elsewhere, as new conversations: times, titles, branches, parts and
    citations stay as they were. A body may be as large as a document. When a line is wrong nothing is moved in."""
    body = await request.body()

    async def work() -> StoredAnswer:
        ids = await services.move_in()(caller, wholes_in(body))
        return StoredAnswer(201, "application/json", MovedInOut(conversation_ids=list(ids)).model_dump_json().encode())

    answer = await services.answer_once()(key, work)
    return Response(answer.body, answer.status, media_type=answer.media_type)
