"""Do the work of a run, whatever it is: a reply is one call of a model, an agent's several with tools between them.

A reply that has to rest on documents comes after a search in them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from application.limits.spender import spend_for
from application.runs.execute_run import ExecuteRun
from application.runs.run_writer import RunWriter
from domain.conversation import PromptMessage
from domain.run import Run, RunFinished, RunKind
from domain.usage import Purpose

Performer = Callable[[Run, tuple[PromptMessage, ...], RunWriter], Awaitable[RunFinished | None]]
"""What does the work of a kind of run: go on from what the log has (`RunWriter.said`) and return the outcome.

None says that the run waits for somebody. When cancelled, providers and tools are closed first.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformRun:
    reply: ExecuteRun
    agent: Performer
    from_documents: Performer
    of_kind: Mapping[RunKind, Performer] = field(default_factory=dict)

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """As Performer."""
        spend_for(run)
        if performer := self.of_kind.get(run.kind):
            return await performer(run, prompt, writer)
        if run.settings.server_tools:
            return await self.agent(run, prompt, writer)
        if run.settings.grounding:
            return await self.from_documents(run, prompt, writer)
        return await self.reply(run, prompt, writer.append, writer.charge(Purpose.REPLY))
