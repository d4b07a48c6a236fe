"""Go on with a run that is stored: one that was queued, handed over, or left behind by a worker that died."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from application.ports.run_log import RunLog
from application.ports.storage import BeginRead
from application.runs.execute_run import ExecuteRun
from application.runs.run_writer import RunWriter
from application.runs.worker import CANCELLED
from domain.conversation import PromptMessage
from domain.errors import ConversationNotFound, RunLost, StorageUnavailable
from domain.prompt import Context, given_together, prompt_for
from domain.run import AnswerReset, Problem, Run, RunEvent, RunFinished, RunStatus, answer_of

log = logging.getLogger(__name__)

PAGE = 1000
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRun:
    read: BeginRead
    log: RunLog
    execute: ExecuteRun
    context: Context
    most_attempts: int
    pause_seconds: float = 0.5

    async def __call__(self, run: Run, writer: RunWriter) -> RunFinished:
        """The outcome, after telling readers to forget what an interrupted attempt had said.

        No provider can go on with an interrupted answer, so the model is asked anew, at most `most_attempts` times in
        all; after that the run fails and keeps what was said. Waits for a store that does not answer. Raise RunLost
        when the run was deleted meanwhile. When cancelled, the provider is closed first.
        """
        await writer.catch_up()
        if run.cancel_requested:
            return CANCELLED
        if run.attempts > self.most_attempts:
            problem = f"The run was interrupted {self.most_attempts} times and is not tried again"
            return RunFinished(RunStatus.FAILED, problem=Problem("too_many_attempts", problem))
        prompt = await self._patiently(self._prompt, run)
        if answer_of(numbered.event for numbered in writer.live.events):
            writer.append([AnswerReset()])
        return await self.execute(run, prompt, writer.append)

    async def events(self, run: Run) -> list[RunEvent]:
        """What the log has of the run. Waits for a store that does not answer."""
        return await self._patiently(self._events, run)

    async def _patiently(self, ask: Callable[[Run], Awaitable[T]], run: Run) -> T:
        while True:
            try:
                return await ask(run)
            except StorageUnavailable as error:
                log.warning("run %d waits for the store: %s", run.id, error)
                await asyncio.sleep(self.pause_seconds)

    async def _events(self, run: Run) -> list[RunEvent]:
        events: list[RunEvent] = []
        while batch := await self.log.read(run.id, after=len(events), limit=PAGE):
            events += [numbered.event for numbered in batch]
        return events

    async def _prompt(self, run: Run) -> tuple[PromptMessage, ...]:
        """What the model is shown: the branch that ends in the run's question, of which the question is whole."""
        limit, tip = self.context.budget.messages, run.question_id
        try:
            async with self.read() as tx:
                conversation = await tx.conversations.get(run.conversation_id, owner=run.owner)
                while given_together(branch := await tx.messages.branch(conversation, tip=tip, limit=limit)) == limit:
                    limit *= 10
        except ConversationNotFound as gone:
            raise RunLost(run.id) from gone
        return prompt_for(self.context, branch, asked=given_together(branch), instructions=run.settings.instructions)
