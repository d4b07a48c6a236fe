"""Answer a list of messages with the help of tools, and store nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from application.agents.persons import Persons, Question
from application.agents.run_agent import RunAgent
from application.agents.sessions import Sessions
from application.ports.clock import Now
from application.runs.live_run import LiveRun
from application.runs.run_writer import RunWriter
from domain.access import Principal
from domain.conversation import ConversationId, MessageId, PromptMessage, checked_messages
from domain.journal import Journal
from domain.run import Run, RunEvent, RunFinished, RunId, RunKind, RunStatus
from domain.step import WaitsFor
from domain.tool import ApprovalRule, Tool


@dataclass(frozen=True, slots=True)
class NobodyToAsk(Persons):
    """Tools that need a person are not offered, so no question ever comes up."""

    async def ask(
        self, run: Run, questions: Sequence[Question], tools: Mapping[str, Tool], journal: Journal, writer: RunWriter
    ) -> None:
        raise AssertionError("a tool that needs a person was offered where there is none")

    async def heard(self, run: Run, journal: Journal, writer: RunWriter) -> Journal:
        return journal

    async def suspend(self, run: Run, waits_for: WaitsFor, journal: Journal, writer: RunWriter) -> bool:
        return False

    async def is_awaited(self, run: Run) -> bool:
        return False

    async def trusted(self, run: Run, tools: Iterable[Tool]) -> frozenset[str]:
        return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWithTools:
    agent: RunAgent
    sessions: Sessions
    now: Now
    default_model: str

    async def __call__(
        self, principal: Principal, messages: tuple[PromptMessage, ...], *, model: str | None = None
    ) -> tuple[RunFinished, list[RunEvent]]:
        """The outcome and all that happened. Tools that need approval are left out: there is nothing to wait in.

        Raise InvalidInput (`messages`). When cancelled, provider and tools are closed first.
        """
        checked_messages(messages, field="messages")
        allowed = [t.name for t in await self.sessions.toolbox.tools() if t.approval is ApprovalRule.NEVER]
        run = Run(
            id=RunId(0),
            owner=principal.owner,
            kind=RunKind.AGENT,
            conversation_id=ConversationId(0),
            question_id=MessageId(0),
            answer_id=MessageId(0),
            model=model or self.default_model,
            status=RunStatus.RUNNING,
            fence=0,
            created_at=self.now(),
            settings=await self.sessions.settings(tuple(allowed)),
        )
        writer = RunWriter(LiveRun(run), lambda writer: writer.stored(writer.take()))  # shown at once: nothing is kept
        outcome = await self.agent(run, messages, writer)
        if outcome is None:
            raise AssertionError("a run waits for a person where there is none")
        return outcome, writer.said
