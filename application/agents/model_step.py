"""One step of an agent: the model is shown what it has said and what came of its calls, and says what is next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from application.agents.call_numbers import CallNumbers
from application.knowledge.cite_found import CiteFound
from application.runs.execute_run import ExecuteRun
from application.runs.run_writer import RunWriter
from domain.conversation import PromptMessage
from domain.journal import Journal
from domain.prompt import as_steps
from domain.retrieval.grounded_prompt import question_in, without_marks
from domain.run import Run, RunFinished
from domain.step import MODEL_STEP, StepFinished
from domain.tool import Tool, ToolUse
from domain.usage import Purpose, total_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStep:
    execute: ExecuteRun
    cite: CiteFound

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
        told = tuple(without_marks((*prompt, *as_steps(journal.parts))))
        charge = writer.charge(Purpose.AGENT_STEP, step=MODEL_STEP)
        cited = None
        if not wished.json_schema:
            cited = await self.cite(run.owner, question_in(prompt), journal.parts, writer.append)
        append = CallNumbers(cited.answer if cited else writer.append, journal)
        outcome = await self.execute(replace(run, settings=settings), told, append, charge)
        if cited:
            await cited.finish(writer)
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
