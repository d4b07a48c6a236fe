"""Ask what documents say, and see where they say it."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StrictInt, StrictStr
from starlette.responses import Response

from application.knowledge.ask_documents import DocumentQuestion
from application.knowledge.search_documents import QUESTION_CHARACTERS
from application.provider_names import name_to_say
from domain import errors
from domain.citation import DocumentId
from domain.conversation import ConversationId, citations_in, text_of
from domain.idempotency import IdempotencyKey
from domain.run import IfBusy
from entrypoints.http.chat import REFUSALS, drained
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.encoders import ndjson, sse
from entrypoints.http.problems import request_id_of
from entrypoints.http.schemas import Body, CompatOut, ModelName, Out, StrictId, UsageOut, body_example
from entrypoints.http.sources import SourceOut
from entrypoints.http.streaming import StreamedResponse, open_run, unless_client_leaves

router = APIRouter(prefix="/rag", tags=["documents"])

MISSING = {**REFUSALS, **problems(errors.ConversationNotFound, errors.DocumentNotFound)}
STREAM = (
    '{"source": {"rank": 1, "filename": "rivers.pdf", "doc_id": 1, "page": 3}, "seq": 2}\n'
    '{"token": "Rivers bend [1].", "seq": 3}\n{"done": true, "seq": 5}\n'
)


class RagBody(Body):
    """`doc_id` confines the search to one document; otherwise it goes through those of the conversation, or all."""

    model_config = body_example({"question": "Why does a river bend?"})

    question: Annotated[StrictStr, Field(min_length=1, max_length=QUESTION_CHARACTERS)]
    doc_id: StrictId | None = None
    top_k: Annotated[StrictInt, Field(ge=1, le=50, description="how many passages the answer may rest on")] = 5
    conversation_id: StrictId | None = Field(default=None, description="go on in this conversation; null begins one")
    model: ModelName | None = None
    if_busy: IfBusy = IfBusy.REJECT


class RagOut(Out):
    """`sources` are what the answer cites, each as `[rank]`; none when your documents do not say."""

    answer: str
    sources: list[SourceOut]
    conversation_id: int
    run_id: int
    model: str
    usage: UsageOut | None
    status: str
    compat: CompatOut | None = Field(default=None, exclude_if=lambda value: value is None)


@router.post("/chat", responses=MISSING, response_model=RagOut, summary="Ask your documents")
async def rag_chat(body: RagBody, request: Request, services: Services, caller: Caller, key: OnceKey) -> Response:
    """A stored turn: it goes on even if you leave. A question that your documents do not answer is answered so."""
    run = await services.ask_documents()(caller, _question(body, key))
    parts, outcome = await unless_client_leaves(request, drained(run, services.run_reader().follow(run)))
    out = RagOut(
        answer=text_of(parts),
        sources=[SourceOut.of(citation) for citation in citations_in(parts)],
        conversation_id=run.conversation_id,
        run_id=run.id,
        model=name_to_say(run.model, outcome.answered_by),
        usage=UsageOut.of(outcome.usage),
        status=outcome.status,
        compat=CompatOut.of(outcome.dropped),
    )
    return Response(out.model_dump_json(), media_type="application/json")


@router.post(
    "/chat/stream",
    responses={200: {"content": {ndjson.MEDIA_TYPE: {"example": STREAM}, sse.MEDIA_TYPE: {}}}, **MISSING},
    response_class=Response,
    summary="Ask your documents, and read the answer as it is written",
)
async def rag_chat_stream(
    body: RagBody, request: Request, services: Services, caller: Caller, key: OnceKey
) -> Response:
    """NDJSON, or server-sent events when `Accept` asks for them; otherwise as `POST /chat/stream`.

    A `source` comes before the first text that cites it, and at the end all `sources` once more, with their quotes.
    """
    run = await services.ask_documents()(caller, _question(body, key))
    opened = await open_run(run, services.run_reader().follow(run))
    request_id = request_id_of(request)
    if sse.MEDIA_TYPE in request.headers.get("accept", ""):
        pieces = sse.stored(run, opened, request_id)
        return StreamedResponse(opened, pieces, media_type=sse.MEDIA_TYPE, heartbeat=sse.HEARTBEAT)
    return StreamedResponse(opened, ndjson.stored(run, opened, request_id), media_type=ndjson.MEDIA_TYPE)


def _question(body: RagBody, key: IdempotencyKey | None) -> DocumentQuestion:
    return DocumentQuestion(
        question=body.question,
        document=DocumentId(body.doc_id) if body.doc_id else None,
        passages=body.top_k,
        conversation_id=ConversationId(body.conversation_id) if body.conversation_id else None,
        model=body.model,
        if_busy=body.if_busy,
        key=key,
    )
