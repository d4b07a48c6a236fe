"""Move conversations in that were taken out, here or elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.ports.storage import BeginTransaction, NewConversation
from domain.access import Principal
from domain.archive import WholeConversation
from domain.conversation import (
    LABEL_CHARACTERS,
    TITLE_CHARACTERS,
    ConversationChange,
    ConversationId,
    Message,
    MessageStatus,
    PromptMessage,
    checked_messages,
    checked_text,
)
from domain.errors import InvalidInput
from domain.metadata import checked_metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveIn:
    begin: BeginTransaction

    async def __call__(self, principal: Principal, wholes: Sequence[WholeConversation]) -> list[ConversationId]:
        """Their new ids, in their order. All are looked at before the first is stored, and each is stored as a whole.

        Times, titles, trees, parts and citations stay; ids are new, an alias and documents are not taken along, and an
        answer that was being written is incomplete. Raise InvalidInput.
        """
        for whole in wholes:
            _check(whole)
        return [await self._store(principal, whole) for whole in wholes]

    async def _store(self, principal: Principal, whole: WholeConversation) -> ConversationId:
        old = whole.conversation
        new = NewConversation(
            owner=principal.owner,
            user_label=old.user_label,
            title=old.title,
            created_at=old.created_at,
            metadata=dict(old.metadata),
        )
        change = ConversationChange(pinned=old.pinned, archived=old.archived)
        async with self.begin() as tx:
            conversation = await tx.conversations.add(new)
            await tx.messages.restore(conversation, [_ended(each) for each in whole.messages], head=old.head_id)
            await tx.conversations.change(conversation.id, change, owner=principal.owner, at=old.updated_at)
            await tx.commit()
        return conversation.id


def _ended(message: Message) -> Message:
    is_open = message.status is MessageStatus.IN_PROGRESS
    return replace(message, status=MessageStatus.INCOMPLETE) if is_open else message


def _check(whole: WholeConversation) -> None:
    conversation = whole.conversation
    checked_text(conversation.title, field="title", longest=TITLE_CHARACTERS)
    if conversation.user_label is not None:
        checked_text(conversation.user_label, field="user_id", longest=LABEL_CHARACTERS)
    checked_metadata(conversation.metadata)
    known: set[int] = set()
    for message in whole.messages:
        if message.id in known or (message.parent_id is not None and message.parent_id not in known):
            raise InvalidInput("parent_id", f"message {message.id} must come once, after its parent")
        known.add(message.id)
        if message.parts:
            checked_messages([PromptMessage(message.role, message.parts)], field="messages")
    if conversation.head_id is not None and conversation.head_id not in known:
        raise InvalidInput("head_id", "must be a message of the conversation")
