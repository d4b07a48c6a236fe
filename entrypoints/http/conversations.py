"""Conversations and their messages."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from application.ports.storage import ConversationFilter
from domain import errors
from domain.citation import DocumentId
from domain.conversation import ConversationChange, ConversationId, MessageId, storable
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.http.documentation import problems
from entrypoints.http.paging import link_next
from entrypoints.http.schemas import (
    ConversationChangeBody,
    ConversationOut,
    Id,
    MessageOut,
    MessagesOut,
    NewConversationBody,
    OneConversationOut,
)

router = APIRouter(prefix="/conversations", tags=["conversations"])

ConversationPath = Annotated[Id, Path(description="a conversation's id", examples=[1])]
Limit = Annotated[int, Query(ge=1, le=100, description="how many at most")]
MISSING = problems(errors.ConversationNotFound)


@router.get("", responses=problems(), summary="List conversations, newest first")
async def list_conversations(
    request: Request,
    response: Response,
    services: Services,
    caller: Caller,
    user_id: Annotated[str | None, Query(max_length=200, description="only those with this label")] = None,
    q: Annotated[str | None, Query(max_length=200, description="only those whose title or messages have it")] = None,
    archived: bool | None = None,
    pinned: bool | None = None,
    limit: Limit = 20,
    before: Annotated[Id | None, Query(description="only ids below this one: the cursor")] = None,
) -> list[ConversationOut]:
    """When there is more, the `Link` header has the next page as `rel="next"`."""
    filter = ConversationFilter(
        user_label=storable(user_id, field="user_id") if user_id else None,
        query=storable(q, field="q") if q else None,
        archived=archived,
        pinned=pinned,
    )
    cursor = ConversationId(before) if before else None
    page, more = await services.list_conversations()(caller, filter, before=cursor, limit=limit)
    if more:
        link_next(request, response, before=page[-1].id)
    return [ConversationOut.of(conversation) for conversation in page]


@router.post("", status_code=201, responses=problems(errors.DocumentNotFound), summary="Begin a conversation")
async def create_conversation(
    services: Services, caller: Caller, key: OnceKey, body: NewConversationBody | None = None
) -> ConversationOut:
    """An empty one; a question to `POST /chat` begins one by itself. With `documents` its answers rest on these."""
    new = body or NewConversationBody()
    create = services.create_conversation()
    documents = tuple(map(DocumentId, new.documents))
    conversation = await create(caller, title=new.title, user_label=new.user_id, documents=documents, key=key)
    return ConversationOut.of(conversation)


@router.get("/{id}", responses=MISSING, summary="Look at a conversation")
async def get_conversation(id: ConversationPath, services: Services, caller: Caller) -> OneConversationOut:
    """`active_run_id` is the run that is answering now, if there is one: follow it after a reload."""
    return OneConversationOut.with_run(*await services.get_conversation()(caller, ConversationId(id)))


@router.patch(
    "/{id}",
    responses=problems(errors.ConversationNotFound, errors.DocumentNotFound),
    summary="Rename, pin or archive a conversation, or say which documents it is about",
)
async def change_conversation(
    id: ConversationPath, body: ConversationChangeBody, services: Services, caller: Caller
) -> ConversationOut:
    """What is not named stays as it is."""
    documents = None if body.documents is None else tuple(map(DocumentId, body.documents))
    change = ConversationChange(title=body.title, pinned=body.pinned, archived=body.archived, documents=documents)
    return ConversationOut.of(await services.change_conversation()(caller, ConversationId(id), change))


@router.delete("/{id}", status_code=204, responses=MISSING, summary="Delete a conversation with all that is in it")
async def delete_conversation(id: ConversationPath, services: Services, caller: Caller) -> None:
    """A run that is answering in it is stopped."""
    await services.delete_conversation()(caller, ConversationId(id))


@router.get(
    "/{id}/messages",
    responses=problems(errors.ConversationNotFound, errors.MessageNotFound),
    summary="Read a conversation, oldest first",
)
async def list_messages(
    id: ConversationPath,
    request: Request,
    response: Response,
    services: Services,
    caller: Caller,
    limit: Limit = 50,
    before: Annotated[Id | None, Query(description="only messages above this one: the cursor")] = None,
    branch: Annotated[
        Id | None, Query(description="the last message of the branch to read; the head if not given")
    ] = None,
) -> MessagesOut:
    """The last `limit` messages of a branch. An answer that is being written has the status `in_progress`."""
    page, more = await services.list_messages()(
        caller,
        ConversationId(id),
        before=MessageId(before) if before else None,
        tip=MessageId(branch) if branch else None,
        limit=limit,
    )
    if more:
        link_next(request, response, before=page[0].id)
    return MessagesOut(conversation_id=id, messages=[MessageOut.of(message) for message in page])
