"""Runs in memory."""

from dataclasses import dataclass, replace
from functools import partial

from adapters.memory.copies import copied_run, copied_settings
from adapters.memory.messages import chain
from adapters.memory.tables import Draft, Lease
from application.ports.clock import Now
from application.ports.storage import RunRepository
from domain.access import OwnerId
from domain.approval import ApprovalStatus
from domain.conversation import ConversationId, MessageStatus, PromptMessage, Role
from domain.errors import ConversationNotFound, ReplyInProgress, RunLost, RunNotFound
from domain.run import Run, RunId, RunStatus, Turn

ANSWER = PromptMessage(Role.ASSISTANT, ())


@dataclass(frozen=True, slots=True)
class MemoryRuns(RunRepository):
    draft: Draft
    now: Now

    async def open(self, turn: Turn) -> Run:
        conversation = self.draft.conversations.get(turn.conversation_id)
        if conversation is None or conversation.owner != turn.owner:
            raise ConversationNotFound(turn.conversation_id)
        if turn.worker_id and (in_the_way := self.draft.active_in(turn.conversation_id)):
            raise ReplyInProgress(in_the_way.id)
        add = partial(chain, self.draft, conversation_id=turn.conversation_id, at=turn.asked_at)
        asked = add(turn.input, below=turn.parent_id)
        question_id = asked[-1].id if asked else turn.parent_id
        if question_id is None:
            raise ValueError("a turn without input needs a message to answer")
        [answer] = add([ANSWER], below=question_id)
        run = Run(
            id=RunId(next(self.draft.tables.run_ids)),
            owner=turn.owner,
            kind=turn.kind,
            conversation_id=turn.conversation_id,
            question_id=question_id,
            answer_id=answer.id,
            model=turn.model,
            status=RunStatus.RUNNING if turn.worker_id else RunStatus.QUEUED,
            fence=1,
            created_at=turn.asked_at,
            attempts=1 if turn.worker_id else 0,
            settings=copied_settings(turn.settings),
            user_id=turn.user_id,
            key_id=turn.key_id,
        )
        self._put(run, turn)
        self.draft.messages.put(answer.id, replace(answer, run_id=run.id, status=MessageStatus.IN_PROGRESS))
        self.draft.conversations.put(
            conversation.id, replace(conversation, head_id=answer.id, updated_at=turn.asked_at)
        )
        return copied_run(run)

    async def get(self, id: RunId, *, owner: OwnerId) -> Run:
        run = self.draft.runs.get(id)
        if run is None or run.owner != owner or self.draft.conversations.get(run.conversation_id) is None:
            raise RunNotFound(id)
        return copied_run(run)

    async def request_cancel(self, id: RunId, *, owner: OwnerId) -> Run:
        run = await self.get(id, owner=owner)
        if run.status.is_active:
            self.draft.runs.put(id, replace(run, cancel_requested=True))
        return run

    async def delete(self, id: RunId, *, owner: OwnerId) -> None:
        run = await self.get(id, owner=owner)
        if run.status.is_active:
            raise ReplyInProgress(id)
        if answer := self.draft.messages.get(run.answer_id):
            self.draft.messages.put(answer.id, replace(answer, run_id=None))
        self.draft.runs.drop(id)

    async def suspend(self, run: Run) -> bool:
        now = self.draft.runs.get(run.id)
        if now is None or now.status is not RunStatus.RUNNING or now.fence != run.fence:
            raise RunLost(run.id)
        if not (now.paused or self._has_pending(now)):
            return False
        self.draft.runs.put(run.id, replace(now, status=RunStatus.WAITING, attempts=0))
        self.draft.leases.put(run.id, Lease(None, self.now()))
        return True

    async def wake(self, id: RunId) -> bool:
        run = self.draft.runs.get(id)
        if run is None or run.status is not RunStatus.WAITING or run.paused or self._has_pending(run):
            return False
        self.draft.runs.put(id, replace(run, status=RunStatus.RUNNING))
        return True

    async def pause(self, id: RunId, *, owner: OwnerId, paused: bool) -> Run:
        run = await self.get(id, owner=owner)
        if not run.status.is_active:
            return run
        self.draft.runs.put(id, replace(run, paused=paused))
        return replace(run, paused=paused)

    async def is_awaited(self, run: Run) -> bool:
        others = (self.draft.runs.get(id) for id in self.draft.active.get(run.conversation_id) or () if id != run.id)
        return any(other is not None and other.status is RunStatus.QUEUED for other in others)

    async def queued(self, *, owner: OwnerId | None = None) -> int:
        queued = [run for run in self._unfinished() if run.status is RunStatus.QUEUED]
        return sum(owner is None or run.owner == owner for run in queued)

    async def in_flight(self, *, limit: int) -> list[Run]:
        return sorted(self._unfinished(), key=lambda run: run.id)[:limit]

    async def active(self, conversation_id: ConversationId, *, owner: OwnerId) -> Run | None:
        run = self.draft.active_in(conversation_id)
        return run if run and run.owner == owner else None

    def _unfinished(self) -> list[Run]:
        ids = {**self.draft.tables.active, **self.draft.active.changes}.values()
        runs = [self.draft.runs.get(run_id) for of_conversation in ids for run_id in of_conversation or ()]
        return [run for run in runs if run is not None]

    def _has_pending(self, run: Run) -> bool:
        return any(
            approval.request.run_id == run.id and approval.status is ApprovalStatus.PENDING
            for approval in self.draft.approvals.newest_first()
        )

    def _put(self, run: Run, turn: Turn) -> None:
        self.draft.runs.put(run.id, run)
        self.draft.leases.put(run.id, Lease(turn.worker_id, self.now()))
        before = self.draft.active.get(run.conversation_id) or ()
        self.draft.active.put(run.conversation_id, (*before, run.id))
