"""Make a question that goes on from a conversation one that can be searched for by itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.chat.whole_answer import whole_answer
from application.ports.language_model import LanguageModel, ModelRequest
from application.ports.metering import Charge
from domain.conversation import PromptMessage
from domain.errors import SPENDS_NO_MORE, ProviderFailure
from domain.retrieval.grounded_prompt import question_in
from domain.retrieval.rewriting import earlier_question, joined, rewriting_prompt, rewritten
from domain.usage import Usage

QUESTION_TOKENS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteQuestion:
    model: LanguageModel
    seconds: float

    async def __call__(self, prompt: Sequence[PromptMessage], model: str, charge: Charge) -> tuple[str, Usage | None]:
        """What to search for, and what it cost to know; the question itself when nothing was said before it.

        A model that fails, or takes longer than the limit, is done without: then the question before goes with it. When
        cancelled, the provider is closed first.
        """
        question, earlier = question_in(prompt), earlier_question(prompt)
        if earlier is None:
            return question, None
        request = ModelRequest(
            model=model, messages=rewriting_prompt(prompt), max_tokens=QUESTION_TOKENS, temperature=0.0, charge=charge
        )
        try:
            async with asyncio.timeout(self.seconds):
                answer = await whole_answer(self.model, request)
        except (TimeoutError, ProviderFailure, *SPENDS_NO_MORE):
            return joined(earlier, question), None
        return rewritten(answer.text) or joined(earlier, question), answer.finished.usage
