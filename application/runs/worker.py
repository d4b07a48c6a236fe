"""The worker of this process: it takes runs, executes them beside every request, and stops them."""

import asyncio
import logging
from dataclasses import dataclass, field

from application.ports.clock import Now
from application.runs.appender import Appender, RunWriter
from application.runs.execute_run import ExecuteRun
from application.runs.live_run import LiveRun
from domain.conversation import PromptMessage
from domain.errors import TooBusy
from domain.run import Problem, Run, RunFinished, RunId, RunStatus

log = logging.getLogger(__name__)

CANCELLED = RunFinished(RunStatus.CANCELLED)
STOPPED = RunFinished(
    RunStatus.INCOMPLETE, problem=Problem("server_stopped", "The server was stopped during the answer")
)
BROKEN = RunFinished(
    RunStatus.FAILED, problem=Problem("internal_error", "The run failed for a reason of our own; see the log")
)


@dataclass(slots=True, eq=False)
class Execution:
    """One run under way: its task, and what it is called if the task is cancelled."""

    writer: RunWriter
    task: asyncio.Task[None] | None = None
    if_cancelled: RunFinished = CANCELLED

    def stop(self, outcome: RunFinished) -> None:
        if self.task and not self.task.done():
            self.if_cancelled = outcome
            self.task.cancel()


@dataclass(slots=True, eq=False)
class Worker:
    execute: ExecuteRun
    appender: Appender
    now: Now
    most_runs: int
    _executions: dict[RunId, Execution] = field(default_factory=dict)
    _appending: asyncio.Task[None] | None = None
    _draining: bool = False

    def refuse_if_full(self) -> None:
        """Raise TooBusy when one more run would be more than this process takes, or when it is stopping."""
        if self._draining:
            raise TooBusy("This server is stopping; ask again", retry_after_seconds=5)
        if len(self._executions) >= self.most_runs:
            raise TooBusy(f"All {self.most_runs:,} runs that this server takes at once are busy; try again shortly")

    def take(self, run: Run, prompt: tuple[PromptMessage, ...]) -> LiveRun:
        """Execute the run in a task of its own, whoever comes and goes; return its live end."""
        writer = self.appender.open(run)
        execution = self._executions[run.id] = Execution(writer)
        execution.task = asyncio.create_task(self._carry_out(run, prompt, execution), name=f"run {run.id}")
        return writer.live

    def live(self, run_id: RunId) -> LiveRun | None:
        """The live end of a run that executes here."""
        execution = self._executions.get(run_id)
        return execution.writer.live if execution else None

    def cancel(self, run_id: RunId) -> None:
        """Stop the run if it executes here; its ending says cancelled. Does nothing otherwise."""
        if execution := self._executions.get(run_id):
            execution.stop(CANCELLED)

    async def start(self) -> None:
        self._appending = asyncio.create_task(self.appender.run_forever(), name="appender")

    async def stop(self, *, drain_seconds: float) -> None:
        """Take nothing more, let runs end within `drain_seconds`, then end the rest as incomplete."""
        self._draining = True
        if tasks := [e.task for e in self._executions.values() if e.task]:
            await asyncio.wait(tasks, timeout=drain_seconds)
            for execution in list(self._executions.values()):
                execution.stop(STOPPED)
            await asyncio.wait(tasks, timeout=5)
        if self._appending:
            self._appending.cancel()

    async def _carry_out(self, run: Run, prompt: tuple[PromptMessage, ...], execution: Execution) -> None:
        writer = execution.writer
        try:
            try:
                outcome = await self.execute(run, prompt, writer.append)
            except asyncio.CancelledError:
                outcome = execution.if_cancelled
            except Exception:  # a bug of ours must end the run as failed, not leave it running for ever
                log.exception("run %d failed", run.id)
                outcome = BROKEN
            await writer.end(outcome, at=self.now())
        finally:
            del self._executions[run.id]
