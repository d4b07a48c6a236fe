"""Ask an earlier question differently: a new branch beside it."""

from dataclasses import dataclass
from functools import partial

from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.storage import Transaction
from domain.access import Principal
from domain.conversation import ConversationId, MessageId, PromptMessage, Role, Text, checked_text
from domain.errors import InvalidInput
from domain.idempotency import IdempotencyKey
from domain.run import Run


@dataclass(frozen=True, slots=True)
class Edit:
    conversation_id: ConversationId
    message_id: MessageId
    message: str
    model: str | None = None
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditQuestion:
    turns: TurnOpener

    async def __call__(self, principal: Principal, edit: Edit) -> Run:
        """The head moves to the new branch; the old one stays as it is.

        Raise InvalidInput when the message is no question, MessageNotFound, and what AskQuestion raises.
        """
        checked_text(edit.message, field="message")
        find_place = partial(self._find_place, principal, edit)
        return await self.turns.open(principal, TurnWish(find_place=find_place, model=edit.model, key=edit.key))

    async def _find_place(self, principal: Principal, edit: Edit, tx: Transaction) -> Place:
        conversation = await tx.conversations.get(edit.conversation_id, owner=principal.owner)
        [edited] = await tx.messages.branch(conversation, tip=edit.message_id, limit=1)
        if edited.role is not Role.USER:
            raise InvalidInput("mid", "is an answer; only a question can be edited")
        asked = PromptMessage(Role.USER, (Text(edit.message),))
        return Place(conversation, edited.parent_id, (asked,))
