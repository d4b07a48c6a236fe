"""Vectors for OpenAI's clients."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from application.ports.metering import Charge
from domain.idempotency import StoredAnswer
from domain.usage import Purpose
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.streaming import unless_client_leaves
from entrypoints.openai.answer_schemas import EmbeddingsObject
from entrypoints.openai.documentation import ERRORS, answered
from entrypoints.openai.encoders.vectors import vectors
from entrypoints.openai.fields import refuse_operators
from entrypoints.openai.schemas import MOST_TEXTS, EmbeddingsBody

router = APIRouter(prefix="/v1", tags=["openai"], responses=ERRORS)


@router.post(
    "/embeddings",
    responses=answered(EmbeddingsObject),
    response_class=Response,
    summary="Turn texts into vectors",
)
async def embeddings(
    body: EmbeddingsBody, request: Request, services: Services, caller: Caller, key: OnceKey
) -> Response:
    """One vector a text, in order, as numbers or as base64 of 32-bit numbers."""
    refuse_operators(body.model_extra or ())

    charge = Charge.to(caller, Purpose.EMBEDDING, asked=body.model)

    async def work() -> StoredAnswer:
        texts = [body.input] if isinstance(body.input, str) else body.input
        made = await services.embed_texts()(
            texts, model=body.model, dimensions=body.dimensions, field="input", most=MOST_TEXTS, charge=charge
        )
        encoded = await asyncio.to_thread(vectors, made, as_base64=body.encoding_format == "base64")
        return StoredAnswer(200, "application/json", encoded)

    answer = await unless_client_leaves(request, services.answer_once()(key, work))
    return Response(answer.body, answer.status, media_type=answer.media_type)
