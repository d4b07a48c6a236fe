"""Conversations in memory."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from adapters.memory.copies import copied_conversation
from adapters.memory.knowledge import KnowledgeDraft
from adapters.memory.tables import Draft
from application.ports.storage import ConversationFilter, ConversationRepository, NewConversation
from domain.access import OwnerId
from domain.citation import DocumentId
from domain.conversation import Conversation, ConversationChange, ConversationId
from domain.errors import ConversationNotFound


@dataclass(frozen=True, slots=True)
class MemoryConversations(ConversationRepository):
    draft: Draft
    knowledge: KnowledgeDraft

    async def add(self, new: NewConversation) -> Conversation:
        if new.alias is not None and (known := await self.find(new.alias, owner=new.owner)):
            return known
        conversation = Conversation(
            id=ConversationId(next(self.draft.tables.conversation_ids)),
            owner=new.owner,
            user_label=new.user_label,
            title=new.title,
            created_at=new.created_at,
            updated_at=new.created_at,
            alias=new.alias,
            metadata=dict(new.metadata),
            kind=new.kind,
            documents=self._attachable(new.documents, new.owner),
        )
        self.draft.conversations.put(conversation.id, conversation)
        if new.alias is not None:
            self.draft.aliases.put((new.owner, new.alias), conversation.id)
        return copied_conversation(conversation)

    async def get(self, id: ConversationId, *, owner: OwnerId) -> Conversation:
        conversation = self.draft.conversations.get(id)
        if conversation is None or conversation.owner != owner:
            raise ConversationNotFound(id)
        return self._seen(conversation)

    async def find(self, alias: str, *, owner: OwnerId) -> Conversation | None:
        id = self.draft.aliases.get((owner, alias))
        return None if id is None else await self.get(id, owner=owner)

    async def page(
        self, *, owner: OwnerId, filter: ConversationFilter, before: ConversationId | None, limit: int
    ) -> list[Conversation]:
        matching = (
            self._seen(conversation)
            for conversation in self.draft.conversations.newest_first()
            if conversation.owner == owner
            and conversation.kind is filter.kind
            and (before is None or conversation.id < before)
            and (filter.user_label is None or conversation.user_label == filter.user_label)
            and (filter.archived is None or conversation.archived == filter.archived)
            and (filter.pinned is None or conversation.pinned == filter.pinned)
            and (not filter.query or self._mentions(conversation, filter.query.lower()))
        )
        return list(islice(matching, limit))

    async def change(
        self, id: ConversationId, change: ConversationChange, *, owner: OwnerId, at: datetime
    ) -> Conversation:
        before = await self.get(id, owner=owner)
        after = replace(
            before,
            title=before.title if change.title is None else change.title,
            pinned=before.pinned if change.pinned is None else change.pinned,
            archived=before.archived if change.archived is None else change.archived,
            metadata=before.metadata if change.metadata is None else dict(change.metadata),
            updated_at=at,
            documents=before.documents if change.documents is None else self._attachable(change.documents, owner),
        )
        self.draft.conversations.put(id, after)
        return copied_conversation(after)

    async def retitle(self, id: ConversationId, *, owner: OwnerId, old: str, new: str) -> None:
        conversation = self.draft.conversations.get(id)
        if conversation and (conversation.owner, conversation.title) == (owner, old):
            self.draft.conversations.put(id, replace(conversation, title=new))

    async def delete(self, id: ConversationId, *, owner: OwnerId) -> None:
        await self.get(id, owner=owner)
        self.draft.forget(id)

    def _attachable(self, documents: tuple[DocumentId, ...], owner: OwnerId) -> tuple[DocumentId, ...]:
        return tuple(sorted({self.knowledge.document(id, owner).document.id for id in documents}))

    def _seen(self, conversation: Conversation) -> Conversation:
        """A document that was deleted is attached to nothing."""
        there = tuple(id for id in conversation.documents if self.knowledge.documents.get(id))
        return copied_conversation(replace(conversation, documents=there) if conversation.documents else conversation)

    def _mentions(self, conversation: Conversation, words: str) -> bool:
        messages = self.draft.messages_in(conversation.id)
        return words in conversation.title.lower() or any(words in message.text.lower() for message in messages)
