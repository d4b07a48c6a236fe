"""Take one message out of a conversation."""

from dataclasses import dataclass

from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.conversation import Conversation, ConversationId, MessageId
from domain.errors import ReplyInProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteItem:
    begin: BeginTransaction

    async def __call__(self, principal: Principal, id: ConversationId, message_id: MessageId) -> Conversation:
        """The conversation as it is afterwards: what was said below the message is now below its parent.

        A message goes with all its parts. An answer takes its run with it, so nobody goes on from an answer that is
        not there; a result whose call goes is not shown to models any more, nor a call whose result goes.
        Raise ConversationNotFound, MessageNotFound, or ReplyInProgress while a run is active in the conversation.
        """
        async with self.begin() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            if active := await tx.runs.active(id, owner=principal.owner):
                raise ReplyInProgress(active.id)
            await tx.messages.delete(conversation, message_id)
            conversation = await tx.conversations.get(id, owner=principal.owner)
            await tx.commit()
        return conversation
