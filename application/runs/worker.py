"""The worker of this process: it takes runs, executes them beside every request, and stops them."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from application.ports.clock import Now
from application.runs.appender import Appender, RunWriter
from application.runs.execute_run import ExecuteRun
from application.runs.live_run import LiveRun
from domain.conversation import PromptMessage
from domain.errors import RunLost, TooBusy
from domain.run import Problem, Run, RunFinished, RunId, RunStatus

log = logging.getLogger(__name__)

LAST_SECONDS = 5.0
CANCELLED = RunFinished(RunStatus.CANCELLED)
STOPPED = RunFinished(
    RunStatus.INCOMPLETE, problem=Problem("server_stopped", "The server was stopped during the answer")
)
BROKEN = RunFinished(
    RunStatus.FAILED, problem=Problem("internal_error", "The run failed for a reason of our own; see the log")
)


@dataclass(slots=True, eq=False)
class Execution:
    """One run under way: the work, which may be stopped, and what sees it to its ending, which may not."""

    writer: RunWriter
    work: asyncio.Task[RunFinished]
    ending: asyncio.Task[None] | None = None
    if_stopped: RunFinished = CANCELLED

    def stop(self, outcome: RunFinished) -> None:
        """The first to stop it says what the ending is called; it comes too late when the work is done."""
        if not self.work.done() and not self.work.cancelling():
            self.if_stopped = outcome
            self.work.cancel()


@dataclass(slots=True, eq=False)
class Worker:
    execute: ExecuteRun
    appender: Appender
    now: Now
    most_runs: int
    _executions: dict[RunId, Execution] = field(default_factory=dict)
    _appending: asyncio.Task[None] | None = None
    _places: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _draining: bool = False

    def refuse_if_full(self) -> None:
        """Raise TooBusy when one more run would be more than this process takes, or when it is stopping."""
        if self._draining:
            raise TooBusy("This server is stopping; ask again", retry_after_seconds=5)
        if len(self._executions) + self._places >= self.most_runs:
            raise TooBusy(f"All {self.most_runs:,} runs that this server takes at once are busy; try again shortly")

    @contextmanager
    def place(self) -> Iterator[None]:
        """Keep a place for a run while it is being stored, or raise TooBusy."""
        self.refuse_if_full()
        self._places += 1
        try:
            yield
        finally:
            self._places -= 1
            self._notice_if_idle()

    def take(self, run: Run, prompt: tuple[PromptMessage, ...]) -> LiveRun:
        """Execute the run in a task of its own, whoever comes and goes; return its live end."""
        writer = self.appender.open(run)
        work = asyncio.create_task(self.execute(run, prompt, writer.append), name=f"run {run.id}")
        execution = self._executions[run.id] = Execution(writer, work)
        execution.ending = asyncio.create_task(self._see_to_the_end(run, execution), name=f"ending of run {run.id}")
        if self._draining:  # it was stored before the server began to stop, so it must get an ending
            execution.stop(STOPPED)
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
        await self._wait_until_idle(drain_seconds)
        for execution in self._executions.values():
            execution.stop(STOPPED)
        await self._wait_until_idle(LAST_SECONDS)
        if self._appending:
            self._appending.cancel()
            await asyncio.wait({self._appending})

    async def _wait_until_idle(self, seconds: float) -> None:
        self._idle.clear()
        self._notice_if_idle()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)

    def _notice_if_idle(self) -> None:
        if not self._executions and not self._places:
            self._idle.set()

    async def _see_to_the_end(self, run: Run, execution: Execution) -> None:
        try:
            await asyncio.wait({execution.work})
            await execution.writer.end(self._outcome(run, execution), at=self.now())
        except RunLost as lost:
            log.warning("%s; what it still said is not kept", lost)
        finally:
            del self._executions[run.id]
            self._notice_if_idle()

    def _outcome(self, run: Run, execution: Execution) -> RunFinished:
        if execution.work.cancelled():
            return execution.if_stopped
        error = execution.work.exception()
        if isinstance(error, RunLost):
            raise error
        if error:  # a bug of ours must end the run as failed, not leave it running for ever
            log.error("run %d failed", run.id, exc_info=error)
            return BROKEN
        return execution.work.result()
