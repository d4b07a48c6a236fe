"""A page of the caller's conversations."""

from dataclasses import dataclass

from application.ports.storage import BeginRead, ConversationFilter
from domain.access import Principal
from domain.conversation import Conversation, ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListConversations:
    read: BeginRead

    async def __call__(
        self, principal: Principal, filter: ConversationFilter, *, before: ConversationId | None, limit: int
    ) -> tuple[list[Conversation], bool]:
        """Newest first, at most `limit`, and whether there are more."""
        async with self.read() as tx:
            page = await tx.conversations.page(owner=principal.owner, filter=filter, before=before, limit=limit + 1)
        return page[:limit], len(page) > limit
