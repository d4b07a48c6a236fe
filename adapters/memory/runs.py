"""Runs in memory."""

from dataclasses import dataclass, replace

from adapters.memory.copies import copied_parts, copied_run
from adapters.memory.tables import Draft
from application.ports.storage import RunRepository
from domain.access import OwnerId
from domain.conversation import ConversationId, Message, MessageId, MessageStatus, Role
from domain.errors import ConversationNotFound, ReplyInProgress, RunNotFound
from domain.run import Run, RunId, RunKind, RunStatus, Turn


@dataclass(frozen=True, slots=True)
class MemoryRuns(RunRepository):
    draft: Draft

    async def open(self, turn: Turn) -> Run:
        conversation = self.draft.conversations.get(turn.conversation_id)
        if conversation is None or conversation.owner != turn.owner:
            raise ConversationNotFound(turn.conversation_id)
        if in_the_way := self.draft.active.get(turn.conversation_id):
            raise ReplyInProgress(in_the_way)
        question, answer = self._messages(turn)
        run = Run(
            id=RunId(next(self.draft.tables.run_ids)),
            owner=turn.owner,
            kind=RunKind.REPLY,
            conversation_id=turn.conversation_id,
            question_id=question.id,
            answer_id=answer.id,
            model=turn.model,
            status=RunStatus.RUNNING,
            fence=1,
            created_at=turn.asked_at,
        )
        self.draft.messages.put(question.id, question)
        self.draft.messages.put(answer.id, replace(answer, run_id=run.id))
        self.draft.runs.put(run.id, run)
        self.draft.active.put(turn.conversation_id, run.id)
        self.draft.conversations.put(
            conversation.id, replace(conversation, head_id=answer.id, updated_at=turn.asked_at)
        )
        return run

    async def get(self, id: RunId, *, owner: OwnerId) -> Run:
        run = self.draft.runs.get(id)
        if run is None or run.owner != owner or self.draft.conversations.get(run.conversation_id) is None:
            raise RunNotFound(id)
        return copied_run(run)

    async def active(self, conversation_id: ConversationId, *, owner: OwnerId) -> Run | None:
        id = self.draft.active.get(conversation_id)
        run = self.draft.runs.get(id) if id is not None else None
        return run if run and run.owner == owner else None

    def _messages(self, turn: Turn) -> tuple[Message, Message]:
        question = Message(
            id=MessageId(next(self.draft.tables.message_ids)),
            conversation_id=turn.conversation_id,
            parent_id=turn.parent_id,
            role=Role.USER,
            parts=copied_parts(turn.question),
            status=MessageStatus.COMPLETED,
            created_at=turn.asked_at,
        )
        answer = Message(
            id=MessageId(next(self.draft.tables.message_ids)),
            conversation_id=turn.conversation_id,
            parent_id=question.id,
            role=Role.ASSISTANT,
            parts=(),
            status=MessageStatus.IN_PROGRESS,
            created_at=turn.asked_at,
        )
        return question, answer
