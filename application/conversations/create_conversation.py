"""Begin an empty conversation."""

from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.storage import BeginTransaction, NewConversation
from domain.access import Principal
from domain.conversation import LABEL_CHARACTERS, TITLE_CHARACTERS, Conversation, checked_text

UNTITLED = "New conversation"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateConversation:
    begin: BeginTransaction
    now: Now

    async def __call__(
        self, principal: Principal, *, title: str | None = None, user_label: str | None = None
    ) -> Conversation:
        """Raise InvalidInput naming `title` or `user_id`."""
        new = NewConversation(
            owner=principal.owner,
            user_label=checked_text(user_label, field="user_id", longest=LABEL_CHARACTERS) if user_label else None,
            title=checked_text(title, field="title", longest=TITLE_CHARACTERS) if title else UNTITLED,
            created_at=self.now(),
        )
        async with self.begin() as tx:
            conversation = await tx.conversations.add(new)
            await tx.commit()
        return conversation
