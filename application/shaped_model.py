"""Answers that must have a shape have it, or there is none."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from application.ports.schema import SchemaMismatch
from domain.errors import AnswerDoesNotFit, InvalidInput
from domain.run import WHOLE, AnswerReset, TextDelta
from domain.shape import Unfenced, asked_again, json_in
from domain.tool import JsonSchema
from domain.usage import total_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapedModel(LanguageModel):
    """Whatever a provider makes of a schema, what is whole is checked against it at its end.

    A misfit is asked for again, with what is wrong, where the reader can forget what it has seen; else, and when it
    does not fit at the last try either, AnswerDoesNotFit is raised. A code fence around the answer is taken off.
    """

    model: LanguageModel
    schema_mismatch: SchemaMismatch
    most_tries: int = 2

    def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        if request.json_schema is None:
            return self.model.stream(request)
        return self._shaped(request, request.json_schema)

    def models(self) -> tuple[str, ...]:
        return self.model.models()

    async def _shaped(self, request: ModelRequest, asked: JsonSchema) -> AsyncGenerator[list[ModelEvent], None]:
        tries, usages, messages = self.most_tries if request.may_begin_anew else 1, [], request.messages
        while tries:
            tries -= 1
            answer = _Answer()
            async with aclosing(self.model.stream(replace(request, messages=messages))) as batches:
                async for batch in batches:
                    if said := answer.heard(batch):
                        yield said
            if (finished := answer.finished) is None:
                return
            usages += [finished.usage] if finished.usage else []
            finished = replace(finished, usage=total_usage(usages))
            why = self._misfit(answer.text, finished, asked)
            if why is None:
                yield [finished]
                return
            if not tries:
                raise AnswerDoesNotFit(finished.answered_by or request.model, why, usage=finished.usage)
            yield [AnswerReset()]
            messages = asked_again(request.messages, answer.text, why, asked)

    def _misfit(self, text: str, finished: ModelFinished, asked: JsonSchema) -> str | None:
        """Why the answer does not fit. One that is cut short or refused says so itself, and calls come before it."""
        if finished.refused or finished.reason not in WHOLE - {"tool_calls"}:
            return None
        try:
            return self.schema_mismatch(json_in(text), asked.schema)
        except InvalidInput:
            return None  # there is nothing to check it by
        except ValueError as error:
            return f"it is not JSON: {error}"


class _Answer:
    """What is said of an answer, without the fence around it, and its proof, which is held back."""

    def __init__(self) -> None:
        self.finished: ModelFinished | None = None
        self._unfenced = Unfenced()
        self._text: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._text)

    def heard(self, batch: list[ModelEvent]) -> list[ModelEvent]:
        said: list[ModelEvent] = []
        for event in batch:
            if isinstance(event, TextDelta):
                said += self._said(self._unfenced.feed(event.text))
            elif isinstance(event, ModelFinished):
                self.finished = event
                said += self._said(self._unfenced.close())
            else:
                said.append(event)
        return said

    def _said(self, text: str) -> list[TextDelta]:
        self._text.append(text)
        return [TextDelta(text)] if text else []
