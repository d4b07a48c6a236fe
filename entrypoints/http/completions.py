"""Small jobs on text, and vectors."""

from fastapi import APIRouter, Request

from domain import errors
from domain.completion import CompletionTask
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.schemas import CompleteBody, CompleteOut, EmbedBody, EmbedOut
from entrypoints.http.streaming import unless_client_leaves

router = APIRouter(tags=["completions"])

PROVIDER = (errors.ProviderUnavailable, errors.ProviderOverloaded, errors.ProviderTimedOut)


@router.post(
    "/complete",
    responses=problems(errors.TargetLanguageMissing, errors.ProviderAnswerInvalid, *PROVIDER),
    summary="Summarize, classify, extract or translate",
)
async def complete(body: CompleteBody, request: Request, services: Services, caller: Caller) -> CompleteOut:
    """`translate` needs a `target_language`. `extract` returns an object that was checked against its schema."""
    work = services.complete_text()(body.prompt, CompletionTask(body.task), target_language=body.target_language)
    return CompleteOut(result=await unless_client_leaves(request, work))


@router.post("/embed", responses=problems(errors.ProviderRejectedRequest, *PROVIDER), summary="Turn texts into vectors")
async def embed(body: EmbedBody, request: Request, services: Services, caller: Caller) -> EmbedOut:
    """One vector a text, in order. Without a provider the built-in `demo:hashing` compares letters, not meaning."""
    embeddings = await unless_client_leaves(request, services.embed_texts()(body.texts, model=body.model))
    return EmbedOut(embeddings=embeddings.vectors, dimensions=embeddings.dimensions, model=embeddings.model)
