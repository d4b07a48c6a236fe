"""Do the work of a run, whatever it is: a reply is one call of a model, an agent's several with tools between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from application.runs.execute_run import ExecuteRun
from application.runs.run_writer import RunWriter
from domain.conversation import PromptMessage
from domain.run import Run, RunFinished, RunKind


class Performer(Protocol):
    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """Go on from what the log has (`writer.said`) and return the outcome, or None when the run waits for somebody.

        When cancelled, providers and tools are closed first.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformRun:
    reply: ExecuteRun
    agent: Performer
    of_kind: Mapping[RunKind, Performer] = field(default_factory=dict)

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """As Performer."""
        if performer := self.of_kind.get(run.kind):
            return await performer(run, prompt, writer)
        if run.settings.server_tools:
            return await self.agent(run, prompt, writer)
        return await self.reply(run, prompt, writer.append)
