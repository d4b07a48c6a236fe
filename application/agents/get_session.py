"""Look at an agent's session, also in the middle of its work."""

from dataclasses import dataclass
from enum import StrEnum

from application.agents.sessions import SessionId, Sessions, find_session
from application.ports.storage import BeginRead, ReadTransaction
from domain.access import Principal
from domain.approval import Approval, ApprovalStatus
from domain.conversation import Conversation, Message
from domain.run import Run, RunId, RunStatus

MESSAGES = 1000


class SessionStatus(StrEnum):
    IDLE = "idle"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Session:
    """`run` is the one that is active, else the last; `task` is what the active one was asked."""

    conversation: Conversation
    messages: list[Message]
    run: Run | None
    pending: list[Approval]

    @property
    def status(self) -> SessionStatus:
        if self.run is None:
            return SessionStatus.IDLE
        match self.run.status:
            case RunStatus.QUEUED | RunStatus.RUNNING:
                return SessionStatus.RUNNING
            case RunStatus.WAITING:
                return SessionStatus.WAITING
            case RunStatus.COMPLETED:
                return SessionStatus.DONE
            case RunStatus.CANCELLED:
                return SessionStatus.IDLE
            case RunStatus.INCOMPLETE | RunStatus.FAILED:
                return SessionStatus.ERROR

    @property
    def task(self) -> str | None:
        if self.run is None or not self.run.status.is_active:
            return None
        return next((m.text for m in self.messages if m.id == self.run.question_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSession:
    read: BeginRead
    sessions: Sessions

    async def __call__(self, principal: Principal, id: SessionId) -> Session:
        """With its last MESSAGES messages, oldest first. Raise SessionNotFound."""
        async with self.read() as tx:
            conversation = await find_session(tx, id, owner=principal.owner, idle_since=self.sessions.idle_since())
            messages = await tx.messages.branch(conversation, limit=MESSAGES) if conversation.head_id else []
            run = await self._run(tx, conversation, messages)
            asked = await tx.approvals.of_run(run.id) if run and run.status.is_active else []
        pending = [approval for approval in asked if approval.status is ApprovalStatus.PENDING]
        return Session(conversation, messages, run, pending)

    async def _run(self, tx: ReadTransaction, conversation: Conversation, messages: list[Message]) -> Run | None:
        if active := await tx.runs.active(conversation.id, owner=conversation.owner):
            return active
        last = next((message.run_id for message in reversed(messages) if message.run_id), None)
        return await tx.runs.get(RunId(last), owner=conversation.owner) if last else None
