"""Look for a conversation by what its client calls it, and for the run that is answering in it."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.conversation import Conversation
from domain.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class FindConversation:
    read: BeginRead

    async def __call__(self, principal: Principal, alias: str) -> tuple[Conversation | None, Run | None]:
        """Nothing, twice, where the caller has no conversation of this name."""
        async with self.read() as tx:
            conversation = await tx.conversations.find(alias, owner=principal.owner)
            if conversation is None:
                return None, None
            return conversation, await tx.runs.active(conversation.id, owner=principal.owner)
