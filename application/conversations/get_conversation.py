"""Look at one conversation, and at the run that is answering in it."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.conversation import Conversation, ConversationId
from domain.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class GetConversation:
    read: BeginRead

    async def __call__(self, principal: Principal, id: ConversationId) -> tuple[Conversation, Run | None]:
        """Raise ConversationNotFound."""
        async with self.read() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            return conversation, await tx.runs.active(id, owner=principal.owner)
