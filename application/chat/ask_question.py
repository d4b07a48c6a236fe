"""A stored turn: the question is durable before the model is asked, and the reply is a run."""

from dataclasses import dataclass
from functools import partial

from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.clock import Now
from application.ports.storage import NewConversation, Transaction
from domain.access import Principal
from domain.conversation import (
    LABEL_CHARACTERS,
    Conversation,
    ConversationId,
    PromptMessage,
    Role,
    Text,
    checked_text,
)
from domain.idempotency import IdempotencyKey
from domain.run import IfBusy, Run
from domain.title import title_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`conversation_id` None begins a conversation, labelled `user_label` within the caller's own."""

    message: str
    conversation_id: ConversationId | None = None
    user_label: str | None = None
    model: str | None = None
    if_busy: IfBusy = IfBusy.REJECT
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    turns: TurnOpener
    now: Now

    async def __call__(self, principal: Principal, question: Question) -> Run:
        """Store the question and start its run; the answer is in the run's events, whether or not anyone reads them.

        Raise InvalidInput, ConversationNotFound, and what TurnOpener.open raises, having stored nothing.
        """
        checked_text(question.message, field="message")
        if question.user_label is not None:
            checked_text(question.user_label, field="user_id", longest=LABEL_CHARACTERS)
        find_place = partial(self._find_place, principal, question)
        wish = TurnWish(find_place=find_place, model=question.model, if_busy=question.if_busy, key=question.key)
        return await self.turns.open(principal, wish)

    async def _find_place(self, principal: Principal, question: Question, tx: Transaction) -> Place:
        """Below the head of the conversation."""
        conversation = await self._conversation(principal, question, tx)
        asked = PromptMessage(Role.USER, (Text(question.message),))
        return Place(conversation, conversation.head_id, (asked,))

    async def _conversation(self, principal: Principal, question: Question, tx: Transaction) -> Conversation:
        if question.conversation_id is not None:
            return await tx.conversations.get(question.conversation_id, owner=principal.owner)
        title = title_from(question.message)
        return await tx.conversations.add(
            NewConversation(principal.owner, question.user_label, title, created_at=self.now())
        )
