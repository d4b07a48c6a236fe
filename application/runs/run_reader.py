"""Read a run's events from any cursor, wherever it executes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass

from application.ports.run_log import RunLog
from application.ports.signals import Signals, run_topic
from application.ports.storage import BeginRead
from application.runs.live_run import LiveRun
from application.runs.worker import Worker
from domain.errors import RunLost, ServerStopping, StorageUnavailable
from domain.run import AnswerReset, NumberedEvent, Run, RunFinished, outcome_of

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReader:
    read: BeginRead
    log: RunLog
    worker: Worker
    signals: Signals
    poll_seconds: float = 1.0

    async def follow(self, run: Run, after: int = 0) -> AsyncGenerator[list[NumberedEvent], None]:
        """Batches of the events numbered above `after`, live until RunFinished, as often as the run changes hands.

        Waits for a store that does not answer. Raise RunNotFound when the run is deleted meanwhile, ServerStopping when
        this process lets go of its runs. Closing the generator stops the reader and nothing else.
        """
        while True:
            live = self._live(run)
            try:
                async with aclosing(live.follow(after) if live else self._stored(run, after)) as batches:
                    async for batch in batches:
                        yield batch
                        after = batch[-1].number
                        if isinstance(batch[-1].event, RunFinished):
                            return
            except RunLost:
                continue  # another worker has it
            if live or self._live(run) is None:
                return

    def _live(self, run: Run) -> LiveRun | None:
        live = self.worker.live(run.id)
        return None if live is None or live.is_lost else live

    async def _stored(self, run: Run, after: int) -> AsyncGenerator[list[NumberedEvent], None]:
        """What the store has, until the run has ended or executes here."""
        with self.signals.subscribe(run_topic(run.id)) as changes:
            while True:
                with suppress(StorageUnavailable):  # who reads waits for the store as long as those who write
                    async with self.read() as tx:
                        run = await tx.runs.get(run.id, owner=run.owner)
                    full = True
                    while full and (batch := await self.log.read(run.id, after=after, limit=PAGE)):
                        yield batch
                        after = batch[-1].number
                        full = len(batch) >= PAGE
                    if not run.status.is_active:
                        if after < run.last_event:
                            yield await self._snapshot(run, after)
                        return
                    if self._live(run):
                        return
                if self.worker.has_let_go:
                    raise ServerStopping
                await changes.wait(self.poll_seconds)

    async def _snapshot(self, run: Run, after: int) -> list[NumberedEvent]:
        """The end of a run whose events are no longer kept, made from its stored answer."""
        async with self.read() as tx:
            conversation = await tx.conversations.get(run.conversation_id, owner=run.owner)
            [answer] = await tx.messages.branch(conversation, tip=run.answer_id, limit=1)
        outcome = outcome_of(run)
        last = NumberedEvent(run.last_event, outcome)
        return [last] if after == last.number - 1 else [NumberedEvent(last.number - 1, AnswerReset(answer.parts)), last]
