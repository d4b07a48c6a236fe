"""Runs in SQL."""

from typing import Any

import sqlalchemy as sa

from adapters.sql.codec import from_json, settings_from_json, settings_to_json, usage_from_json
from adapters.sql.columns import Id
from adapters.sql.messages import to_row
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import ACTIVE, PENDING, approvals, conversations, messages, run_events, runs
from application.ports.storage import RunRepository
from domain.access import OwnerId
from domain.conversation import ConversationId, PromptMessage, Role
from domain.errors import ConversationNotFound, ReplyInProgress, RunLost, RunNotFound, StorageUnavailable
from domain.run import Problem, Run, RunId, RunKind, RunStatus, Turn

OPENING_ATTEMPTS = 5
NOTHING = PromptMessage(Role.USER, ())
QUEUED: sa.ColumnElement[str] = sa.literal_column("'queued'")

r = runs.c
LAST_EVENT = (
    sa.select(run_events.c.last)
    .where(run_events.c.run_id == r.id)
    .order_by(run_events.c.first.desc())
    .limit(1)
    .scalar_subquery()
)
SELECT = sa.select(
    *(column for column in r if column is not r.last_event),
    sa.func.coalesce(LAST_EVENT, r.last_event, 0).label("last_event"),
).select_from(runs)
MINE = r.owner == sa.bindparam("whose")
GET = SELECT.where(r.id == sa.bindparam("which", type_=Id), MINE)
FIRST = (r.status == QUEUED, r.id)  # before all that are queued goes the one that is not
GET_ACTIVE = SELECT.where(r.conversation_id == sa.bindparam("where", type_=Id), MINE, ACTIVE).order_by(*FIRST).limit(1)
IN_FLIGHT = SELECT.where(ACTIVE).order_by(r.id).limit(sa.bindparam("most"))
IN_THE_WAY = (
    sa.select(r.id)
    .select_from(conversations)
    .outerjoin(runs, sa.and_(r.conversation_id == conversations.c.id, ACTIVE))
    .where(conversations.c.id == sa.bindparam("where"), conversations.c.owner == sa.bindparam("whose"))
    .order_by(*FIRST)
    .limit(1)
)
REQUEST_CANCEL = sa.update(runs).where(r.id == sa.bindparam("which"), ACTIVE).values(cancel_requested=True)
NAME_NO_RUN = sa.update(messages).where(messages.c.id == sa.bindparam("answer")).values(run_id=None)
DELETE = sa.delete(runs).where(r.id == sa.bindparam("which"))
WHICH_RUN = sa.bindparam("which", type_=Id)
BY_ID = r.id == WHICH_RUN
HAS_PENDING = sa.exists().where(approvals.c.run_id == r.id, PENDING)
OWNED = sa.select(r.id).where(
    BY_ID, ACTIVE, r.status == RunStatus.RUNNING.value, r.fence == sa.bindparam("fence", type_=Id)
)
HOLD = OWNED.with_for_update(key_share=True)
SUSPEND = (
    sa.update(runs)
    .where(BY_ID, sa.or_(r.paused, HAS_PENDING))
    .values(status=RunStatus.WAITING.value, worker_id=None, attempts=0)
)
WAKE = (
    sa.update(runs)
    .where(BY_ID, ACTIVE, r.status == RunStatus.WAITING.value, ~r.paused, ~HAS_PENDING)
    .values(status=RunStatus.RUNNING.value, worker_id=None)
)
PAUSE = sa.update(runs).where(BY_ID, ACTIVE).values(paused=sa.bindparam("mark", type_=sa.Boolean))
AWAITED = sa.select(
    sa.exists().where(
        r.conversation_id == sa.bindparam("where", type_=Id), ACTIVE, r.status == QUEUED, r.id != WHICH_RUN
    )
)
COUNT_QUEUED = sa.select(sa.func.count()).select_from(runs).where(ACTIVE, r.status == QUEUED)
COUNT_QUEUED_OF = COUNT_QUEUED.where(r.owner == sa.bindparam("whose"))


class SqlRunRepository(Repository, RunRepository):
    @in_session(writes=True)
    def open(self, connection: sa.Connection, turn: Turn) -> Run:
        row = _turn_to_row(turn)
        for _ in range(OPENING_ATTEMPTS):
            if ids := self._session.insert_turn(connection, row):
                return Run(
                    id=ids.run_id,
                    owner=turn.owner,
                    kind=turn.kind,
                    conversation_id=turn.conversation_id,
                    question_id=ids.question_id,
                    answer_id=ids.answer_id,
                    model=turn.model,
                    status=RunStatus(row["status"]),
                    fence=1,
                    created_at=turn.asked_at,
                    attempts=row["attempts"],
                    settings=turn.settings,
                    user_id=turn.user_id,
                    key_id=turn.key_id,
                )
            _refuse_if_busy(connection, turn)  # what was in the way may have ended in this very moment
        raise StorageUnavailable

    @in_session()
    def get(self, connection: sa.Connection, id: RunId, *, owner: OwnerId) -> Run:
        row = connection.execute(GET, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise RunNotFound(id)
        return from_row(row)

    @in_session(writes=True)
    def request_cancel(self, connection: sa.Connection, id: RunId, *, owner: OwnerId) -> Run:
        row = connection.execute(GET, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise RunNotFound(id)
        connection.execute(REQUEST_CANCEL, {"which": id})
        return from_row(row)

    @in_session(writes=True)
    def delete(self, connection: sa.Connection, id: RunId, *, owner: OwnerId) -> None:
        row = connection.execute(GET, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise RunNotFound(id)
        if RunStatus(row.status).is_active:
            raise ReplyInProgress(id)
        connection.execute(NAME_NO_RUN, {"answer": row.answer_id})
        connection.execute(DELETE, {"which": id})

    @in_session(writes=True)
    def suspend(self, connection: sa.Connection, run: Run) -> bool:
        if connection.execute(HOLD, {"which": run.id, "fence": run.fence}).first() is None:
            raise RunLost(run.id)
        return connection.execute(SUSPEND, {"which": run.id}).rowcount > 0

    @in_session(writes=True)
    def wake(self, connection: sa.Connection, id: RunId) -> bool:
        return connection.execute(WAKE, {"which": id}).rowcount > 0

    @in_session(writes=True)
    def pause(self, connection: sa.Connection, id: RunId, *, owner: OwnerId, paused: bool) -> Run:
        row = connection.execute(GET, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise RunNotFound(id)
        connection.execute(PAUSE, {"which": id, "mark": paused})
        return from_row(connection.execute(GET, {"which": id, "whose": owner}).one())

    @in_session()
    def is_awaited(self, connection: sa.Connection, run: Run) -> bool:
        return bool(connection.execute(AWAITED, {"which": run.id, "where": run.conversation_id}).scalar_one())

    @in_session()
    def queued(self, connection: sa.Connection, *, owner: OwnerId | None = None) -> int:
        statement = COUNT_QUEUED if owner is None else COUNT_QUEUED_OF
        return connection.execute(statement, {"whose": owner} if owner else {}).scalar_one()

    @in_session()
    def in_flight(self, connection: sa.Connection, *, limit: int) -> list[Run]:
        return [from_row(row) for row in connection.execute(IN_FLIGHT, {"most": limit})]

    @in_session()
    def active(self, connection: sa.Connection, conversation_id: ConversationId, *, owner: OwnerId) -> Run | None:
        row = connection.execute(GET_ACTIVE, {"where": conversation_id, "whose": owner}).one_or_none()
        return None if row is None else from_row(row)


def _refuse_if_busy(connection: sa.Connection, turn: Turn) -> None:
    found = connection.execute(IN_THE_WAY, {"where": turn.conversation_id, "whose": turn.owner}).first()
    if found is None:
        raise ConversationNotFound(turn.conversation_id)
    if found.id is not None:
        raise ReplyInProgress(found.id)


def _turn_to_row(turn: Turn) -> dict[str, Any]:
    """By names of our own; `answered_id` is a question that is there already, `earlier` the input before a new one."""
    if not turn.input and turn.parent_id is None:
        raise ValueError("a turn without input needs a message to answer")
    *earlier, question = map(to_row, turn.input or (NOTHING,))
    return question | {
        "earlier": earlier,
        "owner": turn.owner,
        "kind": turn.kind.value,
        "conversation_id": turn.conversation_id,
        "parent_id": turn.parent_id,
        "answered_id": None if turn.input else turn.parent_id,
        "model": turn.model,
        "settings": settings_to_json(turn.settings),
        "worker_id": turn.worker_id,
        "status": "running" if turn.worker_id else "queued",
        "attempts": 1 if turn.worker_id else 0,
        "asked_at": turn.asked_at,
        "user_id": turn.user_id,
        "key_id": turn.key_id,
    }


def from_row(row: Any) -> Run:
    return Run(
        id=row.id,
        owner=row.owner,
        kind=RunKind(row.kind),
        conversation_id=row.conversation_id,
        question_id=row.question_id,
        answer_id=row.answer_id,
        model=row.model,
        status=RunStatus(row.status),
        fence=row.fence,
        created_at=row.created_at,
        finished_at=row.finished_at,
        finish_reason=row.finish_reason,
        problem=None if row.problem_code is None else Problem(row.problem_code, row.problem_message),
        usage=None if row.usage is None else usage_from_json(row.usage),
        last_event=row.last_event,
        attempts=row.attempts,
        cancel_requested=row.cancel_requested,
        paused=row.paused,
        settings=settings_from_json(row.settings),
        answered_by=row.answered_by,
        dropped=() if row.dropped is None else tuple(from_json(row.dropped)),
        user_id=row.user_id,
        key_id=row.key_id,
    )
