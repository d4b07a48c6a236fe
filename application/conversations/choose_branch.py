"""Go on with another branch of a conversation."""

from dataclasses import dataclass

from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.branching import newest_below
from domain.conversation import ConversationId, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseBranch:
    begin: BeginTransaction

    async def __call__(self, principal: Principal, id: ConversationId, through: MessageId) -> MessageId:
        """The new head: the end of the branch through this message that was gone on with last.

        Raise ConversationNotFound or MessageNotFound.
        """
        async with self.begin() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            head = newest_below(await tx.messages.links(conversation), through)
            await tx.messages.move_head(conversation, head)
            await tx.commit()
        return head
