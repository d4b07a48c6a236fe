"""Conversations, as OpenAI's clients know them, and the list of them that OpenAI lacks."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from application.ports.storage import ConversationFilter
from domain.conversation import Conversation, ConversationChange
from domain.idempotency import StoredAnswer
from entrypoints.http.dependencies import Caller, OnceKey, Services
from entrypoints.openai.answer_schemas import ConversationObject, ConversationsPage, DeletedObject, Item, ItemsPage
from entrypoints.openai.conversation_items import item_in, items_page
from entrypoints.openai.documentation import ERRORS, answered
from entrypoints.openai.encoders import stored
from entrypoints.openai.fields import refuse_operators
from entrypoints.openai.ids import conversation_id_of
from entrypoints.openai.references import given_messages
from entrypoints.openai.response_schemas import ConversationChangeBody, NewConversationBody, NewItemsBody
from entrypoints.openai.responses import After, Limit, Order, json_response

router = APIRouter(prefix="/v1/conversations", tags=["openai"], responses=ERRORS)

ItemPath = Annotated[str, Path(max_length=256, examples=["msg_1"])]
ConversationPath = Annotated[str, Path(max_length=256, examples=["conv_1"])]


@router.post("", responses=answered(ConversationObject), response_class=Response, summary="Begin a conversation")
async def create_conversation(
    services: Services, caller: Caller, key: OnceKey, body: NewConversationBody | None = None
) -> Response:
    """With up to 20 items to begin with. Natively it is the conversation of the number in its id."""
    new = body or NewConversationBody()
    refuse_operators(new.model_extra or ())
    said = await given_messages(services, caller, new.items or (), "items")
    made = await services.create_conversation()(caller, metadata=new.metadata, messages=said, key=key)
    return json_response(_document(made))


@router.get(
    "", responses=answered(ConversationsPage), response_class=Response, summary="List conversations, newest first"
)
async def list_conversations(
    services: Services,
    caller: Caller,
    limit: Limit = 20,
    after: Annotated[str | None, Query(max_length=256, description="the conversation that it begins behind")] = None,
) -> Response:
    """Also those that were begun on the native routes."""
    before = conversation_id_of(after) if after is not None else None
    page, more = await services.list_conversations()(caller, ConversationFilter(), before=before, limit=limit)
    return json_response(stored.page([_document(each) for each in page], more=more))


@router.get(
    "/{conversation_id}",
    responses=answered(ConversationObject),
    response_class=Response,
    summary="Look at a conversation",
)
async def get_conversation(conversation_id: ConversationPath, services: Services, caller: Caller) -> Response:
    """Also one that was begun on the native routes."""
    found, _ = await services.get_conversation()(caller, conversation_id_of(conversation_id))
    return json_response(_document(found))


@router.post(
    "/{conversation_id}",
    responses=answered(ConversationObject),
    response_class=Response,
    summary="Give it other metadata",
)
async def change_conversation(
    conversation_id: ConversationPath, body: ConversationChangeBody, services: Services, caller: Caller
) -> Response:
    """What is not named is no longer there."""
    id, change = conversation_id_of(conversation_id), ConversationChange(metadata=body.metadata or {})
    return json_response(_document(await services.change_conversation()(caller, id, change)))


@router.delete(
    "/{conversation_id}", responses=answered(DeletedObject), response_class=Response, summary="Delete a conversation"
)
async def delete_conversation(conversation_id: ConversationPath, services: Services, caller: Caller) -> Response:
    """With all that is in it, its responses too."""
    await services.delete_conversation()(caller, conversation_id_of(conversation_id))
    return json_response({"id": conversation_id, "object": "conversation.deleted", "deleted": True})


@router.post("/{conversation_id}/items", responses=answered(ItemsPage), response_class=Response, summary="Add items")
async def add_items(
    conversation_id: ConversationPath, body: NewItemsBody, services: Services, caller: Caller, key: OnceKey
) -> Response:
    """Up to 20, below what was said last; no model is asked."""
    refuse_operators(body.model_extra or ())
    id = conversation_id_of(conversation_id)
    given = await given_messages(services, caller, body.items, "items")

    async def work() -> StoredAnswer:
        added = await services.add_items()(caller, id, given)
        items = [item for message in added for item in stored.items_of(message)]
        return StoredAnswer(200, "application/json", msgspec.json.encode(stored.page(items, more=False)))

    answer = await services.answer_once()(key, work)
    return Response(answer.body, answer.status, media_type=answer.media_type)


@router.get(
    "/{conversation_id}/items", responses=answered(ItemsPage), response_class=Response, summary="Read a conversation"
)
async def list_items(
    conversation_id: ConversationPath,
    services: Services,
    caller: Caller,
    limit: Limit = 20,
    order: Order = "desc",
    after: After = None,
) -> Response:
    """The items of the branch that was last gone on with."""
    id = conversation_id_of(conversation_id)
    return json_response(await items_page(services, caller, id, descending=order == "desc", limit=limit, after=after))


@router.get(
    "/{conversation_id}/items/{item_id}", responses=answered(Item), response_class=Response, summary="Look at an item"
)
async def get_item(
    conversation_id: ConversationPath, item_id: ItemPath, services: Services, caller: Caller
) -> Response:
    """Wherever it is in the conversation, on whichever branch."""
    _, item = await item_in(services, caller, conversation_id_of(conversation_id), item_id)
    return json_response(item)


@router.delete(
    "/{conversation_id}/items/{item_id}",
    responses=answered(ConversationObject),
    response_class=Response,
    summary="Take out an item",
)
async def delete_item(
    conversation_id: ConversationPath, item_id: ItemPath, services: Services, caller: Caller
) -> Response:
    """With what belongs to the same message: an answer goes with all that was thought, said and called in it."""
    id = conversation_id_of(conversation_id)
    message, _ = await item_in(services, caller, id, item_id)
    return json_response(_document(await services.delete_item()(caller, id, message.id)))


def _document(conversation: Conversation) -> dict[str, Any]:
    return stored.conversation(conversation.id, conversation.created_at, conversation.metadata)
