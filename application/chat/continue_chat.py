"""Go on in a conversation by the name that the client gave it; the first word there begins it."""

from dataclasses import dataclass
from functools import partial

from application.chat.chat_step import ChatStep, Intent, awaited, checked_step, is_meant, question_of, same_question
from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.clock import Now
from application.ports.storage import NewConversation, Transaction
from domain.access import Principal
from domain.conversation import Conversation, MessageId
from domain.errors import InvalidInput, RunNotFound
from domain.run import Run
from domain.title import UNTITLED, question_in, title_from


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueChat:
    turns: TurnOpener
    now: Now

    async def __call__(self, principal: Principal, step: ChatStep) -> Run:
        """Store what is new and start its run. What came earlier is stored only if the conversation is new.

        Raise InvalidInput, MessageNotFound, and what TurnOpener.open raises, having stored nothing.
        """
        find_place = partial(self._find_place, principal, checked_step(step))
        wish = TurnWish(
            find_place=find_place, model=step.model, settings=step.settings, if_busy=step.if_busy, key=step.key
        )
        return await self.turns.open(principal, wish)

    async def _find_place(self, principal: Principal, step: ChatStep, tx: Transaction) -> Place:
        conversation = await self._conversation(principal, step, tx)
        if conversation.head_id is None:
            stored = await tx.messages.add(conversation, step.earlier, at=self.now())
            parent_id = stored[-1].id if stored else None
        elif step.intent is Intent.AGAIN and (question_id := await self._asked(conversation, step, tx)):
            return Place(conversation, question_id, ())
        else:
            parent_id = await self._parent(conversation, step, tx)
        limit = self.turns.context.budget.messages
        branch = await tx.messages.branch(conversation, tip=parent_id, limit=limit) if parent_id else []
        return Place(conversation, parent_id, awaited(step, branch))

    async def _conversation(self, principal: Principal, step: ChatStep, tx: Transaction) -> Conversation:
        if found := await tx.conversations.find(step.alias, owner=principal.owner):
            return found
        title = title_from(question_in((*step.earlier, *step.input))) or UNTITLED
        new = NewConversation(principal.owner, None, title, created_at=self.now(), alias=step.alias)
        return await tx.conversations.add(new)

    async def _asked(self, conversation: Conversation, step: ChatStep, tx: Transaction) -> MessageId | None:
        """The question to be answered again; None when it is not stored, because it was refused."""
        if step.message_id:
            [named] = await tx.messages.branch(conversation, tip=step.message_id, limit=1)
            if is_meant(named, step):
                return question_of(named)
        branch = await tx.messages.branch(conversation, limit=self.turns.context.budget.messages)
        message = same_question(step, branch) if step.question else branch[-1]
        return question_of(message) if message else None

    async def _parent(self, conversation: Conversation, step: ChatStep, tx: Transaction) -> MessageId | None:
        """Below the answer that the client has last; without such an answer, below the head."""
        if step.intent is Intent.EDIT and step.message_id:
            [edited] = await tx.messages.branch(conversation, tip=step.message_id, limit=1)
            return edited.parent_id
        try:
            run = await tx.runs.get(step.below, owner=conversation.owner) if step.below else None
        except RunNotFound:
            run = None
        if run and run.conversation_id == conversation.id:
            return run.answer_id
        if step.intent is not Intent.EDIT:
            return conversation.head_id
        if step.earlier:
            raise InvalidInput("messageId", "was not made by this server: read the messages of this chat again")
        return None
