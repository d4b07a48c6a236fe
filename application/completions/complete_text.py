"""Summarize, classify, extract from or translate a text; nothing is stored."""

from dataclasses import dataclass
from typing import Any

from application.chat.whole_answer import whole_answer
from application.ports.language_model import LanguageModel, ModelRequest
from application.ports.schema import SchemaMismatch
from domain.completion import EXTRACTION_SCHEMA, Completion, CompletionTask, asked_again, json_in, messages_of
from domain.conversation import PromptMessage
from domain.errors import ProviderAnswerInvalid
from domain.tool import JsonSchema

EXTRACTION = JsonSchema("extraction", EXTRACTION_SCHEMA)
CUT_SHORT = frozenset({"length", "content_filter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteText:
    model: LanguageModel
    default_model: str
    schema_mismatch: SchemaMismatch

    async def __call__(
        self, prompt: str, task: CompletionTask = CompletionTask.SUMMARIZE, *, target_language: str | None = None
    ) -> str | dict[str, Any]:
        """The text that the task makes of `prompt`; for `extract`, an object that fits EXTRACTION_SCHEMA.

        Raises TargetLanguageMissing, InvalidInput naming `prompt` or `target_language`, and ProviderFailure:
        ProviderAnswerInvalid when the answer is empty or was cut short, and when an extraction does not fit the
        schema at the second try either. When cancelled, the provider is closed first.
        """
        messages = messages_of(Completion(prompt=prompt, task=task, target_language=target_language))
        if task is CompletionTask.EXTRACT:
            return await self._extract(messages)
        text = await self._ask(messages)
        if not text:
            raise ProviderAnswerInvalid(self.default_model, "it is empty")
        return text

    async def _extract(self, messages: tuple[PromptMessage, ...]) -> dict[str, Any]:
        answer = await self._ask(messages, EXTRACTION)
        found, why = self._read(answer)
        if why:
            found, why = self._read(await self._ask(asked_again(messages, answer, why), EXTRACTION))
        if why:
            raise ProviderAnswerInvalid(self.default_model, why)
        return found

    def _read(self, answer: str) -> tuple[dict[str, Any], str | None]:
        """What was extracted, and why it cannot be used (None when it can)."""
        try:
            found = json_in(answer)
        except ValueError as error:
            return {}, f"it is not JSON: {error}"
        return found, self.schema_mismatch(found, EXTRACTION_SCHEMA)

    async def _ask(self, messages: tuple[PromptMessage, ...], schema: JsonSchema | None = None) -> str:
        request = ModelRequest(model=self.default_model, messages=messages, json_schema=schema)
        answer = await whole_answer(self.model, request)
        if answer.finished.reason in CUT_SHORT:
            raise ProviderAnswerInvalid(self.default_model, f"it was cut short ({answer.finished.reason})")
        return answer.text.strip()
