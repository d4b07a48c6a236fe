"""Put messages into a conversation without asking a model."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.conversation import ConversationId, Message, PromptMessage, checked_messages
from domain.errors import ReplyInProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class AddItems:
    begin: BeginTransaction
    now: Now

    async def __call__(self, principal: Principal, id: ConversationId, items: Sequence[PromptMessage]) -> list[Message]:
        """Below the head, in order; the head moves to the last of them.

        Raise InvalidInput naming `items`, ConversationNotFound, or ReplyInProgress while a run is active there.
        """
        checked_messages(items, field="items")
        async with self.begin() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            if active := await tx.runs.active(id, owner=principal.owner):
                raise ReplyInProgress(active.id)
            messages = await tx.messages.add(conversation, items, at=self.now())
            await tx.commit()
        return messages
