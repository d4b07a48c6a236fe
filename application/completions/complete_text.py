"""Summarize, classify, extract from or translate a text; nothing is stored."""

from dataclasses import dataclass
from typing import Any

from application.chat.whole_answer import whole_answer
from application.ports.language_model import LanguageModel, ModelRequest
from application.ports.metering import UNCLAIMED, Charge
from domain.completion import EXTRACTION_SCHEMA, Completion, CompletionTask, messages_of
from domain.conversation import PromptMessage
from domain.errors import ProviderAnswerInvalid
from domain.shape import json_in
from domain.tool import JsonSchema

EXTRACTION = JsonSchema("extraction", EXTRACTION_SCHEMA)
CUT_SHORT = frozenset({"length", "content_filter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteText:
    """`model` gives answers of the shape that is asked for, or none."""

    model: LanguageModel
    default_model: str

    async def __call__(
        self,
        prompt: str,
        task: CompletionTask = CompletionTask.SUMMARIZE,
        *,
        target_language: str | None = None,
        charge: Charge = UNCLAIMED,
    ) -> str | dict[str, Any]:
        """The text that the task makes of `prompt`; for `extract`, an object that fits EXTRACTION_SCHEMA.

        Raises TargetLanguageMissing, InvalidInput naming `prompt` or `target_language`, and ProviderFailure:
        ProviderAnswerInvalid when the answer is empty or was cut short, AnswerDoesNotFit when an extraction does not
        fit its schema. When cancelled, the provider is closed first.
        """
        messages = messages_of(Completion(prompt=prompt, task=task, target_language=target_language))
        if task is CompletionTask.EXTRACT:
            return await self._extract(messages, charge)
        text = await self._ask(messages, charge)
        if not text:
            raise ProviderAnswerInvalid(self.default_model, "it is empty")
        return text

    async def _extract(self, messages: tuple[PromptMessage, ...], charge: Charge) -> dict[str, Any]:
        answer = await self._ask(messages, charge, EXTRACTION)
        try:
            found: dict[str, Any] = json_in(answer)
        except ValueError as error:  # the model declined, in words
            raise ProviderAnswerInvalid(self.default_model, f"it is not JSON: {error}") from error
        return found

    async def _ask(self, messages: tuple[PromptMessage, ...], charge: Charge, schema: JsonSchema | None = None) -> str:
        request = ModelRequest(model=self.default_model, messages=messages, json_schema=schema, charge=charge)
        answer = await whole_answer(self.model, request)
        if answer.finished.reason in CUT_SHORT:
            raise ProviderAnswerInvalid(self.default_model, f"it was cut short ({answer.finished.reason})")
        return answer.text.strip()
