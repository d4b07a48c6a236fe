"""Branches of a conversation: another answer, or another question."""

from typing import Annotated

from fastapi import APIRouter, Path

from application.chat.edit_question import Edit
from application.chat.regenerate_answer import Regeneration
from domain import errors
from domain.conversation import ConversationId, MessageId
from entrypoints.http.conversations import ConversationPath
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.schemas import EditBody, Id, RegenerateBody, RunOut

router = APIRouter(
    prefix="/conversations/{id}/messages/{mid}",
    tags=["conversations"],
    responses=problems(
        errors.ConversationNotFound, errors.MessageNotFound, errors.ReplyInProgress, errors.KeyInUse, errors.TooBusy
    ),
)

MessagePath = Annotated[Id, Path(description="a message's id", examples=[1])]


@router.post("/regenerate", status_code=202, summary="Answer a question once more")
async def regenerate(
    id: ConversationPath,
    mid: MessagePath,
    services: Services,
    caller: Caller,
    key: OnceKey,
    body: RegenerateBody | None = None,
) -> RunOut:
    """A sibling of the answer `mid` (or another answer to the question `mid`); follow it at `/runs/{id}/events`."""
    model = body.model if body else None
    again = Regeneration(ConversationId(id), MessageId(mid), model=model, key=key)
    return RunOut.of(await services.regenerate_answer()(caller, again))


@router.post("/edit", status_code=202, summary="Ask a question differently")
async def edit(
    id: ConversationPath, mid: MessagePath, body: EditBody, services: Services, caller: Caller, key: OnceKey
) -> RunOut:
    """A new branch beside the question `mid`; the old one stays, and `?branch=` of the messages reads it."""
    edited = Edit(ConversationId(id), MessageId(mid), body.message, model=body.model, key=key)
    return RunOut.of(await services.edit_question()(caller, edited))
