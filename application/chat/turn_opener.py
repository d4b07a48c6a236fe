"""Open a turn in one short transaction, and have its run executed here or wherever there is room."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from application.chat.titles import Titles
from application.knowledge.document_tools import allowed_tools
from application.ports.clock import Now
from application.ports.signals import WORK, Signals
from application.ports.storage import BeginTransaction, Transaction
from application.runs.perform_run import PerformRun
from application.runs.run_stopper import RunStopper
from application.runs.run_writer import RunWriter
from application.runs.worker import Worker
from domain.access import OwnerId, Principal
from domain.conversation import Conversation, Message, MessageId, PromptMessage
from domain.errors import KeyInUse, LimitReached, ReplyInProgress, ServerStopping, TooBusy
from domain.idempotency import IdempotencyKey, KeyUse
from domain.limits import LimitScope
from domain.prompt import Context, given_together, prompt_for
from domain.run import (
    DEFAULTS,
    IfBusy,
    Run,
    RunFinished,
    RunId,
    RunKind,
    RunSettings,
    RunStatus,
    Turn,
    grounded_settings,
)
from domain.title import question_in


@dataclass(frozen=True, slots=True)
class Place:
    """Where a turn goes: its input below `parent_id`; without input, that message gets another answer.

    `settings` take the place of the wish's: of a run that is about what was stored in the same transaction.
    """

    conversation: Conversation
    parent_id: MessageId | None
    input: tuple[PromptMessage, ...]
    settings: RunSettings | None = None


FindPlace = Callable[[Transaction], Awaitable[Place]]
"""Look, in the turn's own transaction, where it goes."""
Opened = Callable[[Transaction, Run], Awaitable[None]]
"""Do what belongs to the turn's transaction and needs its run."""


async def nothing_more(tx: Transaction, run: Run) -> None:
    """Most turns are whole with their run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWish:
    find_place: FindPlace
    model: str | None = None
    settings: RunSettings = DEFAULTS
    if_busy: IfBusy = IfBusy.REJECT
    key: IdempotencyKey | None = None
    kind: RunKind = RunKind.REPLY
    opened: Opened = nothing_more


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOpener:
    begin: BeginTransaction
    worker: Worker
    perform: PerformRun
    stopper: RunStopper
    signals: Signals
    now: Now
    context: Context
    default_model: str
    most_queued: int
    most_queued_of_owner: int | None = None
    lease_seconds: float
    titles: Titles

    async def open(self, principal: Principal, wish: TurnWish) -> Run:
        """The run of the new turn, or of the turn that was opened before under the same key.

        Raise what `find_place` and `opened` raise, ReplyInProgress, KeyReused, TooBusy or StorageUnavailable, having
        stored nothing. When the caller is cancelled, the turn is stored and answered all the same, or not stored at
        all.
        """
        while True:
            try:
                return await _to_the_end(self._open(principal, wish))
            except ReplyInProgress as busy:
                if wish.if_busy is IfBusy.REJECT:
                    raise
                if wish.if_busy is IfBusy.INTERRUPT:
                    await self.stopper.stop(RunId(busy.run_id), principal.owner)
            except KeyInUse:
                pass  # a twin was faster: its run is ours too

    async def _open(self, principal: Principal, wish: TurnWish) -> Run:
        if self.worker.draining:
            raise ServerStopping
        with self.worker.place(principal.owner) as has_room:
            async with self.begin() as tx:
                if wish.key and (use := await tx.keys.find(wish.key, lease_seconds=self.lease_seconds)) and use.run_id:
                    return await tx.runs.get(use.run_id, owner=principal.owner)
                place = await wish.find_place(tx)
                here = await self._may_run_here(tx, wish, place, has_room=has_room)
                if not here:
                    await self._check_queue(tx, principal.owner)
                prompt = await self._prompt(tx, wish, place) if here else ()
                settings = _settings(principal, wish, place)
                run = await tx.runs.open(self._turn(principal, replace(wish, settings=settings), place, here=here))
                await wish.opened(tx, run)
                if wish.key:
                    await tx.keys.keep(wish.key, KeyUse(run_id=run.id))
                await tx.commit()
            if here:
                self.worker.take(run, partial(self._execute, place, prompt))
            else:
                self.signals.send(WORK)
            return run

    async def _check_queue(self, tx: Transaction, owner: OwnerId) -> None:
        """Raise LimitReached for who has too many in the queue, so that there is room in it for others; or TooBusy."""
        most = self.most_queued_of_owner
        if most is not None and await tx.runs.queued(owner=owner) >= most:
            raise LimitReached(f"Your limit is {most:,} runs that wait", LimitScope.USER, "queued_runs", 1.0)
        if await tx.runs.queued() >= self.most_queued:
            raise TooBusy(f"{self.most_queued:,} runs are waiting already; try again shortly")

    def _turn(self, principal: Principal, wish: TurnWish, place: Place, *, here: bool) -> Turn:
        return Turn(
            owner=principal.owner,
            conversation_id=place.conversation.id,
            parent_id=place.parent_id,
            input=place.input,
            model=wish.model or self.default_model,
            asked_at=self.now(),
            worker_id=self.worker.id if here else None,
            settings=wish.settings,
            kind=wish.kind,
            user_id=principal.user_id,
            key_id=principal.key_id,
        )

    async def _may_run_here(self, tx: Transaction, wish: TurnWish, place: Place, *, has_room: bool) -> bool:
        """Whether the run can be taken at once; if not it is queued. Raise ReplyInProgress for who will not wait."""
        if has_room and wish.if_busy is not IfBusy.QUEUE:
            return True  # if the conversation is busy, opening the turn refuses
        active = await tx.runs.active(place.conversation.id, owner=place.conversation.owner)
        if active and wish.if_busy is not IfBusy.QUEUE:
            raise ReplyInProgress(active.id)
        return has_room and active is None

    async def _prompt(self, tx: Transaction, wish: TurnWish, place: Place) -> tuple[PromptMessage, ...]:
        """The branch down to the question, of which the question is whole, however many messages it has."""
        limit, branch = self.context.budget.messages, list[Message]()
        if place.parent_id:
            branch = await tx.messages.branch(place.conversation, tip=place.parent_id, limit=limit)
        while not place.input and given_together(branch) == limit:
            limit *= 10
            branch = await tx.messages.branch(place.conversation, tip=place.parent_id, limit=limit)
        asked = len(place.input) or given_together(branch)
        said: list[Message | PromptMessage] = [*branch, *place.input]
        return prompt_for(self.context, said, asked=asked, instructions=wish.settings.instructions)

    async def _execute(
        self, place: Place, prompt: tuple[PromptMessage, ...], run: Run, writer: RunWriter
    ) -> RunFinished | None:
        outcome = await self.perform(run, prompt, writer)
        if (
            place.parent_id is None
            and run.kind is not RunKind.INGESTION
            and outcome
            and outcome.status is RunStatus.COMPLETED
            and (question := question_in(place.input))
        ):
            self.titles.offer(run, question)
        return outcome


def _settings(principal: Principal, wish: TurnWish, place: Place) -> RunSettings:
    settings = place.settings or grounded_settings(wish.settings, place.conversation.documents, kind=wish.kind)
    tools = allowed_tools(principal, settings.server_tools)
    return settings if tools == settings.server_tools else replace(settings, server_tools=tools)


async def _to_the_end(opening: Coroutine[Any, Any, Run]) -> Run:
    """Open also when the caller is cancelled; then nobody is left to hear of a refusal."""
    task = asyncio.create_task(opening)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        raise
