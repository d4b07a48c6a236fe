"""Ask what documents say: a stored turn like any other, and the reply rests on what is found in them."""

from dataclasses import dataclass
from functools import partial

from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.knowledge.search_documents import QUESTION_CHARACTERS
from application.ports.clock import Now
from application.ports.storage import NewConversation, Transaction
from domain.access import Need, Principal, may
from domain.citation import DocumentId, Grounding
from domain.conversation import Conversation, ConversationId, PromptMessage, Role, Text, checked_text
from domain.errors import Forbidden
from domain.idempotency import IdempotencyKey
from domain.run import IfBusy, Run, RunSettings
from domain.title import title_from


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentQuestion:
    """About one document, or those of the conversation, or else all; `passages` is how many sources there are at most.

    `conversation_id` None begins a conversation.
    """

    question: str
    document: DocumentId | None = None
    passages: int = 5
    conversation_id: ConversationId | None = None
    model: str | None = None
    if_busy: IfBusy = IfBusy.REJECT
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDocuments:
    turns: TurnOpener
    now: Now

    async def __call__(self, principal: Principal, asked: DocumentQuestion) -> Run:
        """Store the question and start its run; the answer and its citations are in the run's events.

        Raise InvalidInput, DocumentNotFound, ConversationNotFound, Forbidden, and what TurnOpener.open raises, having
        stored nothing.
        """
        checked_text(asked.question, field="question", longest=QUESTION_CHARACTERS)
        only = None if asked.document is None else (asked.document,)
        wish = TurnWish(
            find_place=partial(self._find_place, principal, asked),
            model=asked.model,
            settings=RunSettings(grounding=Grounding(documents=only, passages=asked.passages)),
            if_busy=asked.if_busy,
            key=asked.key,
        )
        return await self.turns.open(principal, wish)

    async def _find_place(self, principal: Principal, asked: DocumentQuestion, tx: Transaction) -> Place:
        if asked.document is not None:
            await tx.documents.get(asked.document, owner=principal.owner)
        conversation = await self._conversation(principal, asked, tx)
        question = PromptMessage(Role.USER, (Text(asked.question),))
        return Place(conversation, conversation.head_id, (question,))

    async def _conversation(self, principal: Principal, asked: DocumentQuestion, tx: Transaction) -> Conversation:
        if asked.conversation_id is not None:
            if not may(principal, Need.CHAT, looks=True):
                raise Forbidden("This key may not look at conversations: it needs the scope chat or read")
            return await tx.conversations.get(asked.conversation_id, owner=principal.owner)
        title = title_from(asked.question)
        return await tx.conversations.add(NewConversation(principal.owner, None, title, created_at=self.now()))
