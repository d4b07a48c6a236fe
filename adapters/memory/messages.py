"""Messages in memory."""

from dataclasses import dataclass

from adapters.memory.copies import copied_message
from adapters.memory.tables import Draft
from application.ports.storage import MessageRepository
from domain.conversation import Conversation, Message, MessageId
from domain.errors import MessageNotFound


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

    def _in(self, conversation: Conversation, id: MessageId) -> Message:
        message = self.draft.messages.get(id)
        if message is None or message.conversation_id != conversation.id:
            raise MessageNotFound(id)
        return message
