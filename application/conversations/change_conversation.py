"""Rename, pin or archive a conversation, note something on it, or say which documents it is about."""

from dataclasses import dataclass, replace

from application.conversations.attachable import attachable
from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.conversation import TITLE_CHARACTERS, Conversation, ConversationChange, ConversationId, checked_text
from domain.metadata import checked_metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeConversation:
    begin: BeginTransaction
    now: Now

    async def __call__(self, principal: Principal, id: ConversationId, change: ConversationChange) -> Conversation:
        """Raise InvalidInput (`title`, `metadata`, `documents`), ConversationNotFound, DocumentNotFound, Forbidden."""
        if change.title is not None:
            change = replace(change, title=checked_text(change.title, field="title", longest=TITLE_CHARACTERS))
        if change.metadata is not None:
            change = replace(change, metadata=checked_metadata(change.metadata))
        if change.documents is not None:
            change = replace(change, documents=attachable(principal, change.documents))
        async with self.begin() as tx:
            conversation = await tx.conversations.change(id, change, owner=principal.owner, at=self.now())
            await tx.commit()
        return conversation
