"""A stored turn: the question is durable before the model is asked, and the reply is a run."""

from dataclasses import dataclass, replace
from functools import partial

from application.chat.question import Question
from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.conversations.attachable import attachable
from application.ports.clock import Now
from application.ports.storage import NewConversation, Transaction
from domain.access import Principal
from domain.conversation import (
    LABEL_CHARACTERS,
    Conversation,
    ConversationChange,
    PromptMessage,
    Role,
    Text,
    checked_text,
)
from domain.run import Run, RunKind, RunSettings
from domain.title import title_from


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    turns: TurnOpener
    now: Now

    async def __call__(self, principal: Principal, question: Question) -> Run:
        """Store the question and start its run; the answer is in the run's events, whether or not anyone reads them.

        Raise InvalidInput, ConversationNotFound, DocumentNotFound, Forbidden, and what TurnOpener.open raises, having
        stored nothing.
        """
        checked_text(question.message, field="message")
        if question.user_label is not None:
            checked_text(question.user_label, field="user_id", longest=LABEL_CHARACTERS)
        if question.documents is not None:
            question = replace(question, documents=attachable(principal, question.documents))
        find_place = partial(self._find_place, principal, question)
        wish = TurnWish(
            find_place=find_place,
            model=question.model,
            settings=RunSettings(server_tools=question.server_tools),
            if_busy=question.if_busy,
            key=question.key,
            kind=RunKind.AGENT if question.server_tools else RunKind.REPLY,
        )
        return await self.turns.open(principal, wish)

    async def _find_place(self, principal: Principal, question: Question, tx: Transaction) -> Place:
        """Below the head of the conversation."""
        conversation = await self._conversation(principal, question, tx)
        asked = PromptMessage(Role.USER, (Text(question.message),))
        return Place(conversation, conversation.head_id, (asked,))

    async def _conversation(self, principal: Principal, question: Question, tx: Transaction) -> Conversation:
        owner, documents = principal.owner, question.documents
        if question.conversation_id is None:
            title = title_from(question.message)
            new = NewConversation(owner, question.user_label, title, created_at=self.now(), documents=documents or ())
            return await tx.conversations.add(new)
        conversation = await tx.conversations.get(question.conversation_id, owner=owner)
        if documents is None or documents == conversation.documents:
            return conversation
        change = ConversationChange(documents=documents)
        return await tx.conversations.change(conversation.id, change, owner=owner, at=self.now())
