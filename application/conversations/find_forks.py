"""Where a conversation forks, for who switches between its branches."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.branching import Fork, forks
from domain.conversation import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class FindForks:
    read: BeginRead

    async def __call__(self, principal: Principal, id: ConversationId) -> list[Fork]:
        """Raise ConversationNotFound."""
        async with self.read() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            return forks(await tx.messages.links(conversation))
