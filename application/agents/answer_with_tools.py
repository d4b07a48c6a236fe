"""Answer a list of messages with the help of tools, and store nothing."""

from dataclasses import dataclass

from application.agents.run_agent import RunAgent
from application.agents.sessions import Sessions
from application.knowledge.document_tools import allowed_tools
from application.ports.clock import Now
from application.runs.live_run import LiveRun
from application.runs.run_writer import RunWriter
from domain.access import Principal
from domain.conversation import ConversationId, MessageId, PromptMessage, checked_messages
from domain.run import Run, RunEvent, RunFinished, RunId, RunKind, RunStatus
from domain.tool import ApprovalRule


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
            settings=await self.sessions.settings(allowed_tools(principal, tuple(allowed))),
            user_id=principal.user_id,
            key_id=principal.key_id,
        )
        # shown at once: nothing is kept
        writer = RunWriter(LiveRun(run), lambda writer: writer.stored(writer.take()), kept=False)
        outcome = await self.agent(run, messages, writer)
        if outcome is None:
            raise AssertionError("a run waits for a person where there is none")
        return outcome, writer.said
