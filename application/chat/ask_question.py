"""A stored turn: the question is durable before the model is asked, and the reply is a run."""

import asyncio
from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.storage import BeginTransaction, NewConversation, Transaction
from application.runs.live_run import LiveRun
from application.runs.worker import Worker
from domain.access import Principal
from domain.conversation import (
    LABEL_CHARACTERS,
    Context,
    Conversation,
    ConversationId,
    PromptMessage,
    Role,
    Text,
    checked_text,
    prompt_for,
    title_from,
)
from domain.run import Run, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`conversation_id` None begins a conversation, labelled `user_label` within the caller's own."""

    message: str
    conversation_id: ConversationId | None = None
    user_label: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    begin: BeginTransaction
    worker: Worker
    now: Now
    context: Context
    default_model: str

    async def __call__(self, principal: Principal, question: Question) -> LiveRun:
        """Store the question and start its run; the answer is in the run's events, whether or not anyone reads them.

        Raise InvalidInput, ConversationNotFound, ReplyInProgress, TooBusy or StorageUnavailable, having stored nothing.
        When the caller is cancelled, the question is stored and answered all the same, or not stored at all.
        """
        message = checked_text(question.message, field="message")
        return await asyncio.shield(self._store_and_start(principal, question, message))

    async def _store_and_start(self, principal: Principal, question: Question, message: str) -> LiveRun:
        with self.worker.place():
            run, prompt = await self._store(principal, question, message)
            return self.worker.take(run, prompt)

    async def _store(
        self, principal: Principal, question: Question, message: str
    ) -> tuple[Run, tuple[PromptMessage, ...]]:
        async with self.begin() as tx:
            conversation = await self._conversation(tx, principal, question)
            limit = self.context.budget.messages
            earlier = await tx.messages.branch(conversation, limit=limit) if conversation.head_id else []
            run = await tx.runs.open(
                Turn(
                    owner=principal.owner,
                    conversation_id=conversation.id,
                    parent_id=conversation.head_id,
                    question=(Text(message),),
                    model=question.model or self.default_model,
                    asked_at=self.now(),
                )
            )
            await tx.commit()
        asked = PromptMessage(Role.USER, (Text(message),))
        return run, prompt_for(self.context, [*earlier, asked])

    async def _conversation(self, tx: Transaction, principal: Principal, question: Question) -> Conversation:
        if question.conversation_id is not None:
            return await tx.conversations.get(question.conversation_id, owner=principal.owner)
        label = question.user_label
        return await tx.conversations.add(
            NewConversation(
                owner=principal.owner,
                user_label=checked_text(label, field="user_id", longest=LABEL_CHARACTERS) if label else None,
                title=title_from(question.message),
                created_at=self.now(),
            )
        )
