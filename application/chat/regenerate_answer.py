"""Answer a question once more: a sibling of the answer that is there."""

from dataclasses import dataclass
from functools import partial

from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.storage import Transaction
from domain.access import Principal
from domain.conversation import ConversationId, MessageId, Role
from domain.idempotency import IdempotencyKey
from domain.run import Run


@dataclass(frozen=True, slots=True)
class Regeneration:
    """`message_id` is the question, or one of its answers."""

    conversation_id: ConversationId
    message_id: MessageId
    model: str | None = None
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegenerateAnswer:
    turns: TurnOpener

    async def __call__(self, principal: Principal, again: Regeneration) -> Run:
        """The head moves to the new answer; the old one stays. Raise MessageNotFound, and what AskQuestion raises."""
        find_place = partial(self._find_place, principal, again)
        return await self.turns.open(principal, TurnWish(find_place=find_place, model=again.model, key=again.key))

    async def _find_place(self, principal: Principal, again: Regeneration, tx: Transaction) -> Place:
        conversation = await tx.conversations.get(again.conversation_id, owner=principal.owner)
        [message] = await tx.messages.branch(conversation, tip=again.message_id, limit=1)
        question_id = message.parent_id if message.role is Role.ASSISTANT else message.id
        return Place(conversation, question_id or message.id, ())
