"""A model's answer read to its end, for callers that do not stream."""

from contextlib import aclosing
from dataclasses import dataclass, replace

from application.ports.language_model import LanguageModel, ModelFinished, ModelRequest
from application.runs.execute_run import ANSWER_CHARACTERS
from domain.conversation import ToolCall
from domain.errors import ProviderAnswerInvalid
from domain.run import AnswerReset, ReasoningDelta, TextDelta
from domain.tool import ToolCallDelta, calls_of


@dataclass(frozen=True, slots=True)
class WholeAnswer:
    text: str
    reasoning: str
    finished: ModelFinished
    tool_calls: tuple[ToolCall, ...] = ()


async def whole_answer(model: LanguageModel, request: ModelRequest) -> WholeAnswer:
    """Drain the stream; whole means that the provider said so, for whatever reason (`finished.reason`).

    Raises ProviderFailure; ProviderAnswerInvalid when the stream ends without ModelFinished or goes on beyond
    ANSWER_CHARACTERS. The provider's connection is closed before this returns, raises or is cancelled.
    """
    text, reasoning, calls, written = list[str](), list[str](), list[ToolCallDelta](), 0
    finished: ModelFinished | None = None
    async with aclosing(model.stream(replace(request, may_begin_anew=True))) as batches:
        async for batch in batches:
            for event in batch:
                match event:
                    case TextDelta(piece):
                        text.append(piece)
                        written += len(piece)
                    case ReasoningDelta(piece):
                        reasoning.append(piece)
                        written += len(piece)
                    case ToolCallDelta():
                        calls.append(event)
                        written += len(event.arguments)
                    case AnswerReset():
                        text, reasoning, calls = [], [], []
                    case ModelFinished():
                        finished = event
            if written > ANSWER_CHARACTERS:
                raise ProviderAnswerInvalid(request.model, f"it did not end within {ANSWER_CHARACTERS:,} characters")
    if finished is None:
        raise ProviderAnswerInvalid(request.model, "the stream ended before the answer was finished")
    return WholeAnswer("".join(text), "".join(reasoning), finished, calls_of(calls))
