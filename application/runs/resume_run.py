"""Go on with a run that is stored: one that was queued, handed over, or left behind by a worker that died."""

from dataclasses import dataclass

from application.ports.run_log import RunLog
from application.ports.storage import BeginRead
from application.runs.patience import patiently
from application.runs.perform_run import PerformRun
from application.runs.run_writer import RunWriter
from application.runs.worker import CANCELLED
from application.usage.count_lost_calls import CountLostCalls
from domain.conversation import PromptMessage
from domain.errors import ConversationNotFound, RunLost
from domain.journal import journal_of
from domain.prompt import Context, given_together, prompt_for
from domain.run import AnswerReset, Problem, Run, RunEvent, RunFinished, RunStatus

PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRun:
    read: BeginRead
    log: RunLog
    perform: PerformRun
    context: Context
    most_attempts: int
    pause_seconds: float = 0.5
    count_lost_calls: CountLostCalls | None = None

    async def __call__(self, run: Run, writer: RunWriter) -> RunFinished | None:
        """The outcome, after telling readers to forget what an interrupted attempt had said; None when it waits again.

        No provider can go on with an interrupted answer, so the model is asked anew for the step that was interrupted;
        steps that were finished stay, and calls that were lost with a worker are in the ledger. After `most_attempts`
        attempts in all the run fails and keeps what was said.
        Waits for a store that does not answer. Raise RunLost when the run was deleted meanwhile. When cancelled, the
        provider is closed first.
        """
        await writer.catch_up()
        prompt = await patiently(lambda: self._prompt(run), pause_seconds=self.pause_seconds)
        if run.interrupted and (count := self.count_lost_calls):
            await patiently(lambda: count(run, prompt, writer.said), pause_seconds=self.pause_seconds)
        if run.cancel_requested:
            return CANCELLED
        if run.attempts > self.most_attempts:
            problem = f"The run was interrupted {self.most_attempts} times and is not tried again"
            return RunFinished(RunStatus.FAILED, problem=Problem("too_many_attempts", problem))
        journal = journal_of(writer.said)
        if journal.is_torn:
            writer.append([AnswerReset(journal.parts)])
        return await self.perform(run, prompt, writer)

    async def events(self, run: Run) -> list[RunEvent]:
        """What the log has of the run. Waits for a store that does not answer."""
        return await patiently(lambda: self._events(run), pause_seconds=self.pause_seconds)

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
