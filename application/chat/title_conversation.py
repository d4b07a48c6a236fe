"""Name a conversation after its first question, by a cheap model call of its own."""

from dataclasses import dataclass

from application.chat.whole_answer import whole_answer
from application.ports.clock import Now
from application.ports.language_model import LanguageModel, ModelRequest
from application.ports.storage import BeginTransaction
from domain.run import Run
from domain.title import title_from, title_of, title_prompt
from domain.usage import LedgerEntry, Purpose

TITLE_TOKENS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleConversation:
    begin: BeginTransaction
    model: LanguageModel
    title_model: str
    now: Now

    async def __call__(self, run: Run, question: str) -> None:
        """Replace the title made of the question's first words, unless somebody has renamed the conversation.

        What the call cost is in the ledger. Raise ProviderFailure or StorageUnavailable; the first title stays then.
        """
        request = ModelRequest(model=self.title_model, messages=title_prompt(question), max_tokens=TITLE_TOKENS)
        answer = await whole_answer(self.model, request)
        async with self.begin() as tx:
            if title := title_of(answer.text):
                old = title_from(question)
                await tx.conversations.retitle(run.conversation_id, owner=run.owner, old=old, new=title)
            if usage := answer.finished.usage:
                entry = LedgerEntry(
                    owner=run.owner,
                    asked=self.title_model,
                    model=answer.finished.answered_by or self.title_model,
                    purpose=Purpose.TITLE,
                    usage=usage,
                    at=self.now(),
                )
                await tx.ledger.add([entry])
            await tx.commit()
