"""A model that is always there: a parrot that says that it is one."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable

from adapters.demo.answers import Answer, answer_to
from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.conversation import ToolCall
from domain.run import ReasoningDelta, TextDelta
from domain.tool import ToolCallDelta
from domain.usage import Usage

FULL_NAME = "demo:parrot"
WORD = re.compile(r"\S{1,24}\s*|\s+")
"""A word with the space after it; what has no spaces is said in pieces."""


class DemoLanguageModel(LanguageModel):
    """Deterministic, and no model at all: it shows what an answer can look like, and else repeats what was said.

    `words_per_second` 0 is without delay. Every model name is taken, and `demo:parrot` is the one that answers.
    Usage and `max_tokens` count words. A request with a JSON Schema is answered with a small value that fits it. A
    tool is called when the last question says `call NAME with {...}`, or when one must be called.
    """

    def __init__(
        self, words_per_second: float = 30, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._seconds_per_word = 1 / words_per_second if words_per_second else 0.0
        self._sleep = sleep

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        """A batch a word. Raises ProviderRejectedRequest for a schema that nothing small fits. Holds nothing open."""
        answer = answer_to(request)
        words = _words(answer)
        kept = words[: request.max_tokens]
        for word in kept:
            yield [word]
            await self._sleep(self._seconds_per_word)
        heard = sum(len(message.text.split()) for message in request.messages)
        reason = "tool_calls" if answer.calls else "stop"
        if len(kept) < len(words):
            reason = "length"
        yield [ModelFinished(reason, FULL_NAME, Usage(heard, len(kept)))]

    def models(self) -> tuple[str, ...]:
        return (FULL_NAME,)


def _words(answer: Answer) -> list[TextDelta | ReasoningDelta | ToolCallDelta]:
    """What is said, a word at a time, and the calls, each in two pieces or more."""
    return [
        *(ReasoningDelta(word) for word in WORD.findall(answer.reasoning)),
        *(TextDelta(word) for word in WORD.findall(answer.text)),
        *(piece for number, call in enumerate(answer.calls) for piece in _pieces(number, call)),
    ]


def _pieces(number: int, call: ToolCall) -> list[ToolCallDelta]:
    arguments = (ToolCallDelta(number, arguments=word) for word in WORD.findall(call.arguments))
    return [ToolCallDelta(number, call.id, call.name), *arguments]
