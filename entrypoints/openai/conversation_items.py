"""The items of a conversation, on the branch that its head ends."""

from typing import Any

from domain.access import Principal
from domain.conversation import ConversationId, Message, MessageId
from domain.errors import MessageNotFound
from entrypoints.container import Container
from entrypoints.openai.encoders.items import Item
from entrypoints.openai.encoders.stored import items_of, page
from entrypoints.openai.ids import item_id_of


async def items_page(
    services: Container, caller: Principal, id: ConversationId, *, descending: bool, limit: int, after: str | None
) -> dict[str, Any]:
    """The page behind the item `after`. Raise MessageNotFound or ConversationNotFound."""
    items: list[Item] = []
    cursor: MessageId | None = None
    if after is not None:
        message, place = await _find(services, caller, id, after)
        items, cursor = _directed(message, descending=descending), message.id
        items = items[(len(items) - place if descending else place + 1) :]
    more = True
    while more and len(items) <= limit:
        messages, more = await services.list_items()(caller, id, oldest_first=not descending, after=cursor, limit=limit)
        for message in messages:
            items += _directed(message, descending=descending)
            cursor = message.id
    return page(items[:limit], more=len(items) > limit)


async def item_in(services: Container, caller: Principal, id: ConversationId, item_id: str) -> tuple[Message, Item]:
    """The item, and the message that it is of. Raise MessageNotFound or ConversationNotFound."""
    message, place = await _find(services, caller, id, item_id)
    return message, items_of(message)[place]


async def _find(services: Container, caller: Principal, id: ConversationId, item_id: str) -> tuple[Message, int]:
    wanted = item_id_of(item_id)
    message = await services.get_item()(caller, id, wanted.message_id)
    for place, item in enumerate(items_of(message)):
        if item["id"] == str(wanted):
            return message, place
    raise MessageNotFound(item_id)


def _directed(message: Message, *, descending: bool) -> list[Item]:
    items = items_of(message)
    return items[::-1] if descending else items
