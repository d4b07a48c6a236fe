"""A page of a branch."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.conversation import ConversationId, Message, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMessages:
    read: BeginRead

    async def __call__(
        self, principal: Principal, id: ConversationId, *, before: MessageId | None, tip: MessageId | None, limit: int
    ) -> tuple[list[Message], bool]:
        """The last `limit` messages above `before` on the branch that ends in `tip`, oldest first; are there more?

        Raise ConversationNotFound, or MessageNotFound for a cursor or a tip that is not in this conversation.
        """
        async with self.read() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            page = await tx.messages.branch(conversation, before=before, tip=tip, limit=limit + 1)
        return page[-limit:], len(page) > limit
