"""Small jobs on text, and vectors."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from application.ports.metering import Charge
from domain import errors
from domain.completion import CompletionTask
from domain.idempotency import IdempotencyKey, StoredAnswer
from domain.usage import Purpose
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.schemas import CompleteBody, CompleteOut, EmbedBody, EmbedOut, Out
from entrypoints.http.streaming import unless_client_leaves

router = APIRouter(tags=["completions"])

PROVIDER = (errors.ProviderUnavailable, errors.ProviderOverloaded, errors.ProviderTimedOut)


@router.post(
    "/complete",
    response_model=CompleteOut,
    responses=problems(errors.TargetLanguageMissing, errors.KeyInUse, errors.ProviderAnswerInvalid, *PROVIDER),
    summary="Summarize, classify, extract or translate",
)
async def complete(body: CompleteBody, request: Request, services: Services, caller: Caller, key: OnceKey) -> Response:
    """`translate` needs a `target_language`. `extract` returns an object that was checked against its schema."""

    async def work() -> StoredAnswer:
        task = CompletionTask(body.task)
        result = await services.complete_text()(
            body.prompt,
            task,
            target_language=body.target_language,
            charge=Charge.to(caller, Purpose.COMPLETION),
        )
        return _answer(CompleteOut(result=result))

    return await _once(request, services, key, work)


@router.post(
    "/embed",
    response_model=EmbedOut,
    responses=problems(errors.ProviderRejectedRequest, errors.KeyInUse, *PROVIDER),
    summary="Turn texts into vectors",
)
async def embed(body: EmbedBody, request: Request, services: Services, caller: Caller, key: OnceKey) -> Response:
    """One vector a text, in order. Without a provider the built-in `demo:hashing` compares letters, not meaning."""

    async def work() -> StoredAnswer:
        made = await services.embed_texts()(
            body.texts, model=body.model, charge=Charge.to(caller, Purpose.EMBEDDING, asked=body.model or "")
        )
        return _answer(EmbedOut(embeddings=made.vectors, dimensions=made.dimensions, model=made.model))

    return await _once(request, services, key, work)


def _answer(out: Out) -> StoredAnswer:
    return StoredAnswer(200, "application/json", out.model_dump_json().encode())


async def _once(
    request: Request, services: Services, key: IdempotencyKey | None, work: Callable[[], Awaitable[StoredAnswer]]
) -> Response:
    answer = await unless_client_leaves(request, services.answer_once()(key, work))
    return Response(answer.body, answer.status, media_type=answer.media_type)
