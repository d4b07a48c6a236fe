"""Begin an empty conversation."""

from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.storage import BeginTransaction, NewConversation
from domain.access import Principal
from domain.conversation import LABEL_CHARACTERS, TITLE_CHARACTERS, Conversation, checked_text
from domain.errors import KeyInUse
from domain.idempotency import IdempotencyKey, KeyUse
from domain.title import UNTITLED


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateConversation:
    begin: BeginTransaction
    now: Now
    lease_seconds: float

    async def __call__(
        self,
        principal: Principal,
        *,
        title: str | None = None,
        user_label: str | None = None,
        key: IdempotencyKey | None = None,
    ) -> Conversation:
        """A new one, or the one made before under the key. Raise InvalidInput (`title`, `user_id`), KeyReused."""
        new = NewConversation(
            owner=principal.owner,
            user_label=checked_text(user_label, field="user_id", longest=LABEL_CHARACTERS) if user_label else None,
            title=checked_text(title, field="title", longest=TITLE_CHARACTERS) if title else UNTITLED,
            created_at=self.now(),
        )
        while True:
            try:
                return await self._create(new, key)
            except KeyInUse:
                pass  # a twin was faster: its conversation is ours too

    async def _create(self, new: NewConversation, key: IdempotencyKey | None) -> Conversation:
        async with self.begin() as tx:
            use = await tx.keys.find(key, lease_seconds=self.lease_seconds) if key else None
            if use and use.conversation_id:
                return await tx.conversations.get(use.conversation_id, owner=new.owner)
            conversation = await tx.conversations.add(new)
            if key:
                await tx.keys.keep(key, KeyUse(conversation_id=conversation.id))
            await tx.commit()
        return conversation
