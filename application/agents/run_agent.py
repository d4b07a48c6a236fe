"""Perform a run with tools: ask the domain what is next, do it, record it, and ask again until it is finished."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from application.agents.arguments import argument_problem
from application.agents.call_tools import CallTools
from application.agents.model_step import ModelStep
from application.agents.persons import Persons
from application.ports.schema import SchemaMismatch
from application.ports.tools import ToolProvider
from application.runs.run_writer import RunWriter
from domain.agent import AgentRules, AskPerson, AwaitPerson, CallModel, Finish, RunTools, TellResults, next_action
from domain.conversation import PromptMessage
from domain.journal import journal_of
from domain.run import Run, RunFinished, RunKind, RunStatus
from domain.step import WaitsFor
from domain.tool import Tool

STEERED = "steered"
"""The finish reason of an agent's run that ended its step and made way for the next message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAgent:
    toolbox: ToolProvider
    step: ModelStep
    call: CallTools
    persons: Persons
    schema_mismatch: SchemaMismatch
    most_steps: int
    most_tokens: int

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """As Performer. What a tool does wrong goes back to the model; the steps and tokens of a run are limited."""
        wanted = set(run.settings.server_tools)
        tools = {tool.name: tool for tool in await self.toolbox.tools() if tool.name in wanted}
        rules = await self._rules(run, tools)
        while True:
            journal = journal_of(writer.said)
            if await self.persons.heard(run, journal.undecided, writer):
                journal = journal_of(writer.said)
            match next_action(journal, rules):
                case CallModel():
                    if journal.steps and run.kind is RunKind.AGENT:
                        if await self.persons.suspend(run, WaitsFor.RESUME, writer):
                            return None
                        if await self.persons.is_awaited(run):
                            return RunFinished(RunStatus.COMPLETED, STEERED, usage=journal.usage)
                    if failed := await self.step(run, prompt, journal, tools.values(), writer):
                        return failed
                case TellResults(results):
                    writer.append(results)
                case RunTools(calls):
                    await self.call(run, calls, tools, writer)
                case AskPerson(questions):
                    await self.persons.ask(run, questions, tools, writer, told=journal.asked)
                case AwaitPerson():
                    if await self.persons.suspend(run, WaitsFor.APPROVAL, writer):
                        return None
                case Finish(outcome):
                    return outcome

    async def _rules(self, run: Run, tools: Mapping[str, Tool]) -> AgentRules:
        return AgentRules(
            tools=tools,
            callers_tools=frozenset(spec.name for spec in run.settings.tools),
            most_steps=min(run.settings.max_steps or self.most_steps, self.most_steps),
            most_tokens=self.most_tokens,
            problem_with=partial(argument_problem, self.schema_mismatch),
            trusted=await self.persons.trusted(run, tools.values()),
        )
