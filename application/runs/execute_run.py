"""Do the work of one run: call the model, hand on what it says, and say how it ended."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from application.ports.language_model import LanguageModel, ModelFinished, ModelRequest
from application.ports.metering import UNCLAIMED, Charge
from domain.conversation import PromptMessage
from domain.errors import SPENDS_NO_MORE, AnswerDoesNotFit, ProviderFailure
from domain.run import REFUSAL, WHOLE, AnswerReset, Delta, Problem, Run, RunEvent, RunFinished, RunStatus
from domain.tool import ToolCallDelta

ANSWER_CHARACTERS = 4_000_000
CUT = Problem("stream_cut", "The provider ended the stream without saying that the answer was finished")
TOO_LONG = Problem("answer_too_long", f"The answer was stopped at {ANSWER_CHARACTERS:,} characters")


Append = Callable[[Sequence[RunEvent]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteRun:
    model: LanguageModel

    async def __call__(
        self, run: Run, prompt: tuple[PromptMessage, ...], append: Append, charge: Charge = UNCLAIMED
    ) -> RunFinished:
        """Stream the answer to `append` and return the outcome; what a provider does wrong is an outcome too.

        An answer is completed only with the provider's finish reason as proof. When cancelled, the provider is
        closed before CancelledError goes on to the caller, who decides what the ending is called.
        """
        request = replace(request_for(run, prompt), charge=charge)
        finished: ModelFinished | None = None
        written = 0
        try:
            async with aclosing(self.model.stream(request)) as batches:
                async for batch in batches:
                    deltas = [event for event in batch if not isinstance(event, ModelFinished)]
                    append(deltas)
                    written += sum(_length(delta) for delta in deltas)
                    if isinstance(batch[-1], ModelFinished):
                        finished = batch[-1]
                    elif written > ANSWER_CHARACTERS:
                        return RunFinished(RunStatus.INCOMPLETE, problem=TOO_LONG)
        except AnswerDoesNotFit as misfit:
            return RunFinished(RunStatus.FAILED, problem=Problem.of(misfit), usage=misfit.usage)
        except (ProviderFailure, *SPENDS_NO_MORE) as failure:
            return RunFinished(RunStatus.INCOMPLETE if written else RunStatus.FAILED, problem=Problem.of(failure))
        if finished is None:
            return RunFinished(RunStatus.INCOMPLETE, problem=CUT)
        status = RunStatus.COMPLETED if finished.reason in WHOLE else RunStatus.INCOMPLETE
        reason = REFUSAL if finished.refused else finished.reason
        return RunFinished(status, reason, None, finished.usage, finished.answered_by, finished.dropped)


def request_for(run: Run, prompt: tuple[PromptMessage, ...]) -> ModelRequest:
    asked = run.settings
    return ModelRequest(
        model=run.model,
        messages=prompt,
        temperature=asked.temperature,
        top_p=asked.top_p,
        max_tokens=asked.max_tokens,
        stop=asked.stop,
        seed=asked.seed,
        json_schema=asked.json_schema,
        tools=asked.tools,
        tool_choice=asked.tool_choice,
        parallel_tool_calls=asked.parallel_tool_calls,
        extra=asked.model_extra,
        may_begin_anew=True,
    )


def _length(delta: Delta | AnswerReset) -> int:
    if isinstance(delta, AnswerReset):
        return 0
    return len(delta.name) + len(delta.arguments) if isinstance(delta, ToolCallDelta) else len(delta.text)
