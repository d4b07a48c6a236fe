"""A page of what was said on the way to a conversation's head, in either direction."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.conversation import ConversationId, Message, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItems:
    read: BeginRead

    async def __call__(
        self,
        principal: Principal,
        id: ConversationId,
        *,
        oldest_first: bool = False,
        after: MessageId | None = None,
        limit: int,
    ) -> tuple[list[Message], bool]:
        """At most `limit` messages that come after `after` in this direction, and whether there are more.

        Newest first the cost depends on `limit` alone; oldest first it grows with what is newer than `after`.
        Raise ConversationNotFound, or MessageNotFound for a cursor that is not in this conversation.
        """
        async with self.read() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            if oldest_first:
                page = await tx.messages.onwards(conversation, after=after, limit=limit + 1)
            else:
                page = (await tx.messages.branch(conversation, before=after, limit=limit + 1))[::-1]
        return page[:limit], len(page) > limit
