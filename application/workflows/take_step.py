"""Ask a model what one step of a workflow asks, until the answer can be used."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from application.chat.whole_answer import WholeAnswer, whole_answer
from application.ports.language_model import LanguageModel, ModelRequest
from application.ports.schema import SchemaMismatch
from application.runs.run_writer import RunWriter
from domain.conversation import PromptMessage
from domain.errors import SPENDS_NO_MORE, InvalidInput, ProviderFailure, ProviderRejectedRequest
from domain.run import WHOLE
from domain.shape import asked_again, json_in
from domain.step import StepFinished
from domain.usage import Purpose, Usage, total_usage
from domain.workflows.parts import PromptStep
from domain.workflows.prompt import messages_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep:
    """`model` gives answers as they are: a step has tries of its own, for every fault of an answer."""

    model: LanguageModel
    schema_mismatch: SchemaMismatch

    async def __call__(
        self, step: PromptStep, inputs: Mapping[str, Any], outputs: Mapping[str, Any], writer: RunWriter
    ) -> StepFinished:
        """How the step ended: with its output, or with what was wrong at the last of its tries.

        An answer that is cut short, empty, or does not fit the step's schema is no answer: the model is asked again
        and told why. When cancelled, the provider is closed first.
        """
        usages, problem = list[Usage](), ""
        try:
            messages = messages_of(step, inputs, outputs)
        except InvalidInput as error:
            return StepFinished(step.name, problem=str(error))
        for _ in range(1 + step.retries):
            try:
                answer = await whole_answer(self.model, self._request(step, messages, writer))
            except (ProviderRejectedRequest, *SPENDS_NO_MORE) as failure:
                return StepFinished(step.name, usage=total_usage(usages), problem=str(failure))  # so it would be again
            except ProviderFailure as failure:
                problem = str(failure)
                continue
            usages += [answer.finished.usage] if answer.finished.usage else []
            why = self._unusable(step, answer)
            if why is None:
                is_text = step.output_schema is None
                said = answer.text if is_text else json.dumps(json_in(answer.text), ensure_ascii=False)
                return StepFinished(step.name, answer.finished.reason, total_usage(usages), output=said.strip())
            problem = f"the answer cannot be used: {why}"
            messages = asked_again(messages, answer.text, why, step.json_schema)
        return StepFinished(step.name, usage=total_usage(usages), problem=problem)

    def _request(self, step: PromptStep, messages: tuple[PromptMessage, ...], writer: RunWriter) -> ModelRequest:
        return ModelRequest(
            model=step.model or writer.live.run.model,
            messages=messages,
            temperature=step.temperature,
            max_tokens=step.max_tokens,
            json_schema=step.json_schema,
            charge=writer.charge(Purpose.WORKFLOW_STEP, step=step.name),
        )

    def _unusable(self, step: PromptStep, answer: WholeAnswer) -> str | None:
        if answer.finished.reason not in WHOLE:
            return f"it was cut short ({answer.finished.reason})"
        if not answer.text.strip():
            return "it is empty"
        if step.output_schema is None:
            return None
        try:
            return self.schema_mismatch(json_in(answer.text), step.output_schema)
        except ValueError as error:
            return f"it is not JSON: {error}"
