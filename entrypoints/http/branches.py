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
from entrypoints.http.schemas import EditBody, ForkOut, ForksOut, HeadOut, Id, RegenerateBody, RunOut

router = APIRouter(prefix="/conversations/{id}", tags=["conversations"])
NEW_RUN = problems(
    errors.ConversationNotFound, errors.MessageNotFound, errors.ReplyInProgress, errors.KeyInUse, errors.TooBusy
)

MessagePath = Annotated[Id, Path(description="a message's id", examples=[1])]


@router.post("/messages/{mid}/regenerate", status_code=202, responses=NEW_RUN, summary="Answer a question once more")
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


@router.post("/messages/{mid}/edit", status_code=202, responses=NEW_RUN, summary="Ask a question differently")
async def edit(
    id: ConversationPath, mid: MessagePath, body: EditBody, services: Services, caller: Caller, key: OnceKey
) -> RunOut:
    """A new branch beside the question `mid`; the old one stays, and `?branch=` of the messages reads it."""
    edited = Edit(ConversationId(id), MessageId(mid), body.message, model=body.model, key=key)
    return RunOut.of(await services.edit_question()(caller, edited))


@router.get("/forks", responses=problems(errors.ConversationNotFound), summary="See where a conversation forks")
async def list_forks(id: ConversationPath, services: Services, caller: Caller) -> ForksOut:
    """Every message with more than one below it: answers given again, questions asked differently."""
    found = await services.find_forks()(caller, ConversationId(id))
    return ForksOut(
        conversation_id=id,
        forks=[ForkOut(parent_id=fork.parent_id, message_ids=list(fork.message_ids)) for fork in found],
    )


@router.post(
    "/messages/{mid}/show",
    responses=problems(errors.ConversationNotFound, errors.MessageNotFound),
    summary="Go on with another branch",
)
async def show_branch(id: ConversationPath, mid: MessagePath, services: Services, caller: Caller) -> HeadOut:
    """The newest branch through `mid` is read and gone on with from now on, also after a reload. Idempotent."""
    head = await services.choose_branch()(caller, ConversationId(id), MessageId(mid))
    return HeadOut(conversation_id=id, head_id=head)
