"""Name a conversation after its first question, by a cheap model call of its own."""

from dataclasses import dataclass

from application.chat.whole_answer import whole_answer
from application.ports.language_model import LanguageModel, ModelRequest
from application.ports.metering import Charge
from application.ports.storage import BeginTransaction
from domain.run import Run
from domain.title import title_from, title_of, title_prompt
from domain.usage import Purpose

TITLE_TOKENS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleConversation:
    begin: BeginTransaction
    model: LanguageModel
    title_model: str

    async def __call__(self, run: Run, question: str) -> None:
        """Replace the title made of the question's first words, unless somebody has renamed the conversation.

        Raise ProviderFailure or StorageUnavailable; the first title stays then.
        """
        charge = Charge(owner=run.owner, purpose=Purpose.TITLE, user_id=run.user_id, key_id=run.key_id, run_id=run.id)
        request = ModelRequest(
            model=self.title_model, messages=title_prompt(question), max_tokens=TITLE_TOKENS, charge=charge
        )
        answer = await whole_answer(self.model, request)
        if title := title_of(answer.text):
            async with self.begin() as tx:
                old = title_from(question)
                await tx.conversations.retitle(run.conversation_id, owner=run.owner, old=old, new=title)
                await tx.commit()
