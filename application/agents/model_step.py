"""One step of an agent: the model is shown what it has said and what came of its calls, and says what is next."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from application.runs.execute_run import ExecuteRun
from application.runs.run_writer import RunWriter
from domain.conversation import PromptMessage, ToolCall
from domain.journal import Journal
from domain.prompt import as_steps
from domain.run import AnswerReset, Run, RunEvent, RunFinished
from domain.step import MODEL_STEP, StepFinished
from domain.tool import Tool, ToolCallDelta, ToolUse
from domain.usage import Purpose, total_usage


@dataclass(slots=True)
class CallNumbers:
    """Number the calls of a step on from those before it; give a call whose id was used before one of its own."""

    append: Callable[[Sequence[RunEvent]], None]
    journal: Journal
    calls: list[ToolCall] = field(init=False)
    _ids: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls = [part for part in self.journal.parts if isinstance(part, ToolCall)]

    def __call__(self, events: Sequence[RunEvent]) -> None:
        self.append([self._placed(event) for event in events])

    def _placed(self, event: RunEvent) -> RunEvent:
        if isinstance(event, AnswerReset):  # the step begins anew, behind the steps that are settled
            self._ids.clear()
            return AnswerReset(self.journal.parts)
        return self._numbered(event) if isinstance(event, ToolCallDelta) else event

    def _numbered(self, piece: ToolCallDelta) -> ToolCallDelta:
        if piece.id and piece.index not in self._ids:
            taken = {call.id for call in self.calls} | set(self._ids.values())
            fresh = f"{piece.id}_{len(self.calls) + piece.index}" if piece.id in taken else piece.id
            self._ids[piece.index] = fresh
            piece = replace(piece, id=fresh)
        return replace(piece, index=len(self.calls) + piece.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStep:
    execute: ExecuteRun

    async def __call__(
        self, run: Run, prompt: tuple[PromptMessage, ...], journal: Journal, tools: Iterable[Tool], writer: RunWriter
    ) -> RunFinished | None:
        """Append what the model says and that the step is finished; the outcome of the run when it went wrong.

        When cancelled, the provider is closed first.
        """
        wished = run.settings
        settings = replace(wished, tools=(*wished.tools, *(tool.spec for tool in tools)))
        if journal.steps and wished.tool_choice is not ToolUse.NONE:
            settings = replace(settings, tool_choice=None)  # a call that had to be made has been made
        told = (*prompt, *as_steps(journal.parts))
        charge = writer.charge(Purpose.AGENT_STEP, step=MODEL_STEP)
        outcome = await self.execute(replace(run, settings=settings), told, CallNumbers(writer.append, journal), charge)
        if outcome.problem:
            usages = [*journal.usages, *([outcome.usage] if outcome.usage else [])]
            return replace(outcome, usage=total_usage(usages))
        writer.append(
            [
                StepFinished(
                    MODEL_STEP,
                    outcome.finish_reason,
                    outcome.usage,
                    answered_by=outcome.answered_by,
                    dropped=outcome.dropped,
                )
            ]
        )
        return None
