"""Begin a conversation, without a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.conversations.attachable import attachable
from application.ports.clock import Now
from application.ports.storage import BeginTransaction, NewConversation
from domain.access import Principal
from domain.citation import DocumentId
from domain.conversation import (
    LABEL_CHARACTERS,
    TITLE_CHARACTERS,
    Conversation,
    PromptMessage,
    checked_messages,
    checked_text,
)
from domain.errors import KeyInUse
from domain.idempotency import IdempotencyKey, KeyUse
from domain.metadata import checked_metadata
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
        metadata: Mapping[str, str] | None = None,
        messages: Sequence[PromptMessage] = (),
        documents: Sequence[DocumentId] = (),
        key: IdempotencyKey | None = None,
    ) -> Conversation:
        """A new one that begins with `messages`, or the one made before under the key.

        Raise InvalidInput (`title`, `user_id`, `metadata`, `items`, `documents`), DocumentNotFound, Forbidden,
        KeyReused.
        """
        if messages:
            checked_messages(messages, field="items")
        new = NewConversation(
            owner=principal.owner,
            user_label=checked_text(user_label, field="user_id", longest=LABEL_CHARACTERS) if user_label else None,
            title=checked_text(title, field="title", longest=TITLE_CHARACTERS) if title else UNTITLED,
            created_at=self.now(),
            metadata=checked_metadata(metadata or {}),
            documents=attachable(principal, documents),
        )
        while True:
            try:
                return await self._create(new, messages, key)
            except KeyInUse:
                pass  # a twin was faster: its conversation is ours too

    async def _create(
        self, new: NewConversation, messages: Sequence[PromptMessage], key: IdempotencyKey | None
    ) -> Conversation:
        async with self.begin() as tx:
            use = await tx.keys.find(key, lease_seconds=self.lease_seconds) if key else None
            if use and use.conversation_id:
                return await tx.conversations.get(use.conversation_id, owner=new.owner)
            conversation = await tx.conversations.add(new)
            if messages:
                await tx.messages.add(conversation, messages, at=new.created_at)
                conversation = await tx.conversations.get(conversation.id, owner=new.owner)
            if key:
                await tx.keys.keep(key, KeyUse(conversation_id=conversation.id))
            await tx.commit()
        return conversation
