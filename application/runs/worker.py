"""The runs that this process executes: taken, seen to their endings beside every request, stopped, handed over."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from application.ports.clock import Now
from application.ports.signals import WORK
from application.runs.appender import Appender
from application.runs.live_run import LiveRun
from application.runs.run_writer import EventsBefore, RunWriter
from application.usage.usage_recorder import UsageRecorder
from domain.access import OwnerId
from domain.errors import RunLost, ServerStopping, StorageUnavailable
from domain.run import Problem, Run, RunFinished, RunId, RunStatus, WorkerId

log = logging.getLogger(__name__)

CANCELLED = RunFinished(RunStatus.CANCELLED)
BROKEN = RunFinished(
    RunStatus.FAILED, problem=Problem("internal_error", "The run failed for a reason of our own; see the log")
)

Work = Callable[[Run, RunWriter], Awaitable[RunFinished | None]]
"""What executes a run: write its events, return its outcome, close the provider when cancelled.

None says that the run waits for somebody and is nobody's any more.
"""


@dataclass(slots=True, eq=False)
class Execution:
    """One run under way: the work, which may be stopped, and what sees it to its ending, which may not."""

    writer: RunWriter
    work: asyncio.Task[RunFinished | None]
    ending: asyncio.Task[None] | None = None
    handed_over: bool = False

    def stop(self) -> None:
        """Too late when the work is done."""
        if not self.work.done() and not self.work.cancelling():
            self.work.cancel()

    def hand_over(self) -> None:
        """Stop without an ending, unless there is one already or somebody asked for it."""
        if not self.work.done() and not self.work.cancelling():
            self.handed_over = True
            self.work.cancel()

    def lose(self) -> None:
        """Stop, because another execution has the run."""
        self.writer.refused()
        self.stop()


@dataclass(slots=True, eq=False)
class Worker:
    """`id` is this process among all workers of the store. Endings are told while somebody waits for room.

    `trouble` is why the store could not be written when the worker last beat.

    While it is not known to the store, a run of its own would be taken for a dead worker's.
    """

    id: WorkerId
    appender: Appender
    now: Now
    most_runs: int
    most_of_owner: int | None = None
    is_known: bool = True
    trouble: StorageUnavailable | None = None
    draining: bool = False
    has_let_go: bool = False
    tell_of_endings: bool = False
    recorder: UsageRecorder | None = None
    _places: Counter[OwnerId] = field(default_factory=Counter)
    _of_owner: Counter[OwnerId] = field(default_factory=Counter)
    _executions: dict[RunId, Execution] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def executing(self) -> Collection[RunId]:
        return self._executions.keys()

    @property
    def room(self) -> int:
        """How many more runs this process takes; none while it stops, or is not known."""
        left = self.most_runs - len(self._executions) - self._places.total()
        return max(0, left) if self.is_known and not self.draining else 0

    @contextmanager
    def place(self, owner: OwnerId) -> Iterator[bool]:
        """Keep a place for the owner's run while it is being stored; False when there is none.

        Nobody gets more than `most_of_owner` of the places here, so that a place is left for somebody else.
        """
        most = self.most_of_owner
        has_room = self.room > 0 and (most is None or self._of_owner[owner] + self._places[owner] < most)
        self._places[owner] += has_room
        try:
            yield has_room
        finally:
            self._places[owner] -= has_room
            _drop_zero(self._places, owner)
            self._changed.set()

    def take(self, run: Run, work: Work, before: EventsBefore | None = None) -> LiveRun:
        """Execute the run in a task of its own, whoever comes and goes; return its live end."""
        if lost := self._executions.get(run.id):
            lost.lose()  # another worker had it meanwhile, and this one did not notice
        writer = self.appender.open(run, before)
        task = asyncio.ensure_future(work(run, writer))
        self._of_owner[run.owner] += 1
        execution = self._executions[run.id] = Execution(writer, task)
        execution.ending = asyncio.create_task(self._see_to_the_end(run, execution), name=f"ending of run {run.id}")
        return writer.live

    def live(self, run_id: RunId) -> LiveRun | None:
        """The live end of a run that executes here."""
        execution = self._executions.get(run_id)
        return execution.writer.live if execution else None

    def cancel(self, run_id: RunId) -> None:
        """Stop the run if it executes here; its ending says cancelled. Does nothing otherwise."""
        if execution := self._executions.get(run_id):
            execution.stop()

    async def until_idle(self) -> None:
        """Wait until nothing executes here, and nothing is about to."""
        while self._executions or self._places.total():
            self._changed.clear()
            await self._changed.wait()

    async def let_go(self) -> None:
        """Stop what executes here without an ending, so that another worker can go on with it.

        Their providers are closed when this returns, and their readers were told to come back.
        """
        self.has_let_go = True
        while self._executions or self._places.total():
            for execution in self._executions.values():
                execution.hand_over()
            self._changed.clear()
            await self._changed.wait()

    def dismiss_readers(self) -> None:
        """Tell the readers of what could not be seen to an end to come back."""
        for execution in self._executions.values():
            execution.writer.live.break_off(ServerStopping())

    async def _see_to_the_end(self, run: Run, execution: Execution) -> None:
        try:
            await asyncio.wait({execution.work})
            if execution.handed_over:
                execution.writer.live.break_off(ServerStopping())
            elif outcome := self._outcome(run, execution.work):
                await execution.writer.end(outcome, at=self.now())
            else:
                execution.writer.refused()  # whoever goes on with it executes it anew, and readers wait for that
        except RunLost as lost:
            log.warning("%s; what it still said is not kept", lost)
        finally:
            self._keep_calls_of(execution)
            self._of_owner[run.owner] -= 1
            _drop_zero(self._of_owner, run.owner)
            if self._executions.get(run.id) is execution:
                del self._executions[run.id]
            self._changed.set()
            if self.tell_of_endings:
                self.appender.signals.send(WORK)

    def _keep_calls_of(self, execution: Execution) -> None:
        """What a run that ends elsewhere, or never, has cost here."""
        if self.recorder is None or not (execution.handed_over or execution.writer.live.is_lost):
            return
        for call in execution.writer.unsettled():
            if execution.handed_over:
                self.recorder.keep(call)
            else:
                self.recorder.keep_if_orphaned(call)  # else whoever has the run now has counted it

    def _outcome(self, run: Run, work: asyncio.Task[RunFinished | None]) -> RunFinished | None:
        if work.cancelled():
            return CANCELLED
        error = work.exception()
        if isinstance(error, RunLost):
            raise error
        if error:  # a bug of ours must end the run as failed, not leave it running for ever
            log.error("run %d failed", run.id, exc_info=error)
            return BROKEN
        return work.result()


def _drop_zero(counts: Counter[OwnerId], owner: OwnerId) -> None:
    """So that what is counted is no list of all who ever came."""
    if not counts[owner]:
        del counts[owner]
