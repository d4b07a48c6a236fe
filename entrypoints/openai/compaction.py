"""A long conversation in few words, to go on from."""

from dataclasses import dataclass
from functools import partial

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from application.chat.whole_answer import WholeAnswer, whole_answer
from application.ports.language_model import ModelRequest
from application.ports.metering import Charge
from domain.idempotency import StoredAnswer
from domain.prompt import prompt_for
from domain.usage import Purpose
from entrypoints.container import Container
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.problems import request_id_of
from entrypoints.http.streaming import unless_client_leaves
from entrypoints.openai.answer_schemas import CompactionObject
from entrypoints.openai.documentation import ERRORS, answered
from entrypoints.openai.encoders.items import Item
from entrypoints.openai.encoders.response import NO_USAGE, usage_of
from entrypoints.openai.fields import refuse_operators
from entrypoints.openai.references import given_messages
from entrypoints.openai.response_schemas import CompactBody
from entrypoints.openai.summaries import INSTRUCTIONS, REQUEST, packed
from entrypoints.openai.turns import earlier_of

router = APIRouter(prefix="/v1/responses", tags=["openai"], responses=ERRORS)


@dataclass(frozen=True, slots=True)
class Compaction:
    key: str
    created_at: int
    request: ModelRequest


@router.post(
    "/compact", responses=answered(CompactionObject), response_class=Response, summary="Make a long conversation short"
)
async def compact(body: CompactBody, request: Request, services: Services, caller: Caller, key: OnceKey) -> Response:
    """One item of type `compaction`, that a later request may begin with in place of all this. Nothing is stored."""
    refuse_operators(body.model_extra or ())
    earlier = await earlier_of(services, caller, body)
    asked = await given_messages(services, caller, body.input or (), earlier=earlier)
    instructions = "\n\n".join(filter(None, [INSTRUCTIONS, body.instructions]))
    prompt = prompt_for(
        services.context(), [*earlier, *asked, REQUEST], asked=len(asked) + 1, instructions=instructions
    )
    compaction = Compaction(
        key=f"once_{request_id_of(request)}",
        created_at=int(services.now()().timestamp()),
        request=ModelRequest(model=body.model, messages=prompt, charge=Charge.to(caller, Purpose.COMPACTION)),
    )
    work = partial(_work, compaction, services)
    answer = await unless_client_leaves(request, services.answer_once()(key, work))
    return Response(answer.body, answer.status, media_type=answer.media_type)


async def _work(compaction: Compaction, services: Container) -> StoredAnswer:
    answer = await whole_answer(services.model(), compaction.request)
    return StoredAnswer(200, "application/json", msgspec.json.encode(_document(compaction, answer)))


def _document(compaction: Compaction, answer: WholeAnswer) -> Item:
    summary = {"id": f"cmp_{compaction.key}", "type": "compaction", "encrypted_content": packed(answer.text)}
    return {
        "id": f"resp_{compaction.key}",
        "object": "response.compaction",
        "created_at": compaction.created_at,
        "output": [summary],
        "usage": usage_of(answer.finished.usage) or NO_USAGE,
    }
