"""Do the work of one run: call the model, hand on what it says, and say how it ended."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from application.ports.language_model import LanguageModel, ModelFinished, ModelRequest
from domain.conversation import PromptMessage
from domain.errors import ProviderFailure
from domain.run import Problem, ReasoningDelta, Run, RunEvent, RunFinished, RunStatus, TextDelta

ANSWER_CHARACTERS = 4_000_000
CUT = Problem("stream_cut", "The provider ended the stream without saying that the answer was finished")
TOO_LONG = Problem("answer_too_long", f"The answer was stopped at {ANSWER_CHARACTERS:,} characters")
WHOLE = frozenset({"stop", "tool_calls", "end_turn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteRun:
    model: LanguageModel

    async def __call__(
        self, run: Run, prompt: tuple[PromptMessage, ...], append: Callable[[Sequence[RunEvent]], None]
    ) -> RunFinished:
        """Stream the answer to `append` and return the outcome; what a provider does wrong is an outcome too.

        An answer is completed only with the provider's finish reason as proof. When cancelled, the provider is
        closed before CancelledError goes on to the caller, who decides what the ending is called.
        """
        request = ModelRequest(model=run.model, messages=prompt)
        finished: ModelFinished | None = None
        written = 0
        try:
            async with aclosing(self.model.stream(request)) as batches:
                async for batch in batches:
                    deltas = [event for event in batch if isinstance(event, (TextDelta, ReasoningDelta))]
                    append(deltas)
                    written += sum(len(delta.text) for delta in deltas)
                    if isinstance(batch[-1], ModelFinished):
                        finished = batch[-1]
                    elif written > ANSWER_CHARACTERS:
                        return RunFinished(RunStatus.INCOMPLETE, problem=TOO_LONG)
        except ProviderFailure as failure:
            return RunFinished(RunStatus.INCOMPLETE if written else RunStatus.FAILED, problem=Problem.of(failure))
        if finished is None:
            return RunFinished(RunStatus.INCOMPLETE, problem=CUT)
        status = RunStatus.COMPLETED if finished.reason in WHOLE else RunStatus.INCOMPLETE
        return RunFinished(status, finished.reason, usage=finished.usage)
