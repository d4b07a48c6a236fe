"""Look at one message."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.conversation import ConversationId, Message, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetItem:
    read: BeginRead

    async def __call__(self, principal: Principal, id: ConversationId, message_id: MessageId) -> Message:
        """On whichever branch it is. Raise ConversationNotFound or MessageNotFound."""
        async with self.read() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            [message] = await tx.messages.branch(conversation, tip=message_id, limit=1)
        return message
