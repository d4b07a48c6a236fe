"""Messages in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.memory.copies import copied_message, copied_parts
from adapters.memory.tables import Draft
from application.ports.storage import MessageRepository
from domain.access import OwnerId
from domain.branching import Link
from domain.conversation import Conversation, ConversationId, Message, MessageId, MessageStatus, PromptMessage
from domain.errors import MessageNotFound
from domain.run import RunId


@dataclass(frozen=True, slots=True)
class MemoryMessages(MessageRepository):
    draft: Draft

    async def branch(
        self, conversation: Conversation, *, before: MessageId | None = None, tip: MessageId | None = None, limit: int
    ) -> list[Message]:
        next_id = conversation.head_id if tip is None else self._in(conversation, tip).id
        if before is not None:
            next_id = self._in(conversation, before).parent_id
        path: list[Message] = []
        while next_id is not None and len(path) < limit and (message := self.draft.messages.get(next_id)):
            path.append(copied_message(message))
            next_id = message.parent_id
        return path[::-1]

    async def onwards(self, conversation: Conversation, *, after: MessageId | None = None, limit: int) -> list[Message]:
        first = 0 if after is None else self._in(conversation, after).id
        path: list[Message] = []
        next_id = conversation.head_id
        while next_id is not None and next_id > first and (message := self.draft.messages.get(next_id)):
            path.append(message)
            next_id = message.parent_id
        return [copied_message(message) for message in path[::-1][:limit]]

    async def links(self, conversation: Conversation) -> list[Link]:
        return [(message.id, message.parent_id) for message in self.draft.messages_in(conversation.id)]

    async def move_head(self, conversation: Conversation, to: MessageId) -> None:
        head = self._in(conversation, to)
        if kept := self.draft.conversations.get(conversation.id):
            self.draft.conversations.put(kept.id, replace(kept, head_id=head.id))

    async def find(self, ids: Sequence[MessageId], *, owner: OwnerId) -> list[Message]:
        found = [message for id in dict.fromkeys(ids) if (message := self.draft.messages.get(id))]
        return [copied_message(message) for message in found if self._owner_of(message) == owner]

    async def add(self, conversation: Conversation, said: Sequence[PromptMessage], *, at: datetime) -> list[Message]:
        messages = chain(self.draft, said, below=conversation.head_id, conversation_id=conversation.id, at=at)
        kept = self.draft.conversations.get(conversation.id)
        if kept and messages:
            self.draft.conversations.put(kept.id, replace(kept, head_id=messages[-1].id, updated_at=at))
        return [copied_message(message) for message in messages]

    async def restore(self, conversation: Conversation, messages: Sequence[Message], *, head: MessageId | None) -> None:
        ids = {each.id: MessageId(next(self.draft.tables.message_ids)) for each in messages}
        for each in messages:
            parent = None if each.parent_id is None else ids[each.parent_id]
            moved = replace(each, id=ids[each.id], conversation_id=conversation.id, parent_id=parent, run_id=None)
            self.draft.messages.put(moved.id, copied_message(moved))
        if head is not None:
            await self.move_head(conversation, ids[head])

    async def delete(self, conversation: Conversation, id: MessageId) -> None:
        gone = self._in(conversation, id)
        for message in list(self.draft.messages_in(conversation.id)):
            if message.parent_id == id:
                self.draft.messages.put(message.id, replace(message, parent_id=gone.parent_id))
        kept = self.draft.conversations.get(conversation.id)
        if kept and kept.head_id == id:
            self.draft.conversations.put(kept.id, replace(kept, head_id=gone.parent_id))
        self.draft.messages.drop(id)
        if gone.run_id is not None:
            self.draft.runs.drop(RunId(gone.run_id))

    def _owner_of(self, message: Message) -> OwnerId | None:
        conversation = self.draft.conversations.get(message.conversation_id)
        return conversation.owner if conversation else None

    def _in(self, conversation: Conversation, id: MessageId) -> Message:
        message = self.draft.messages.get(id)
        if message is None or message.conversation_id != conversation.id:
            raise MessageNotFound(id)
        return message


def chain(
    draft: Draft,
    said: Sequence[PromptMessage],
    *,
    below: MessageId | None,
    conversation_id: ConversationId,
    at: datetime,
) -> list[Message]:
    """Put them into the draft, the first below the message `below`, each below the last."""
    messages: list[Message] = []
    for each in said:
        message = Message(
            id=MessageId(next(draft.tables.message_ids)),
            conversation_id=conversation_id,
            parent_id=messages[-1].id if messages else below,
            role=each.role,
            parts=copied_parts(each.parts),
            status=MessageStatus.COMPLETED,
            created_at=at,
        )
        draft.messages.put(message.id, message)
        messages.append(message)
    return messages
