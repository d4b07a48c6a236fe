"""Runs in SQL."""

from typing import Any

import sqlalchemy as sa

from adapters.sql.codec import from_json, parts_to_columns
from adapters.sql.columns import Id
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import ACTIVE, conversations, run_events, runs, usage
from application.ports.storage import RunRepository
from domain.access import OwnerId
from domain.conversation import ConversationId
from domain.errors import ConversationNotFound, ReplyInProgress, RunNotFound, StorageUnavailable
from domain.run import Problem, Run, RunId, RunKind, RunStatus, Turn
from domain.usage import Usage

OPENING_ATTEMPTS = 5

r = runs.c
LAST_EVENT = (
    sa.select(run_events.c.last)
    .where(run_events.c.run_id == r.id)
    .order_by(run_events.c.first.desc())
    .limit(1)
    .scalar_subquery()
)
SELECT = sa.select(
    runs,
    sa.func.coalesce(LAST_EVENT, 0).label("last_event"),
    usage.c.input_tokens,
    usage.c.output_tokens,
    usage.c.raw,
).outerjoin_from(runs, usage, usage.c.run_id == r.id)
MINE = r.owner == sa.bindparam("whose")
GET = SELECT.where(r.id == sa.bindparam("which", type_=Id), MINE)
GET_ACTIVE = SELECT.where(r.conversation_id == sa.bindparam("where", type_=Id), MINE, ACTIVE).order_by(r.id).limit(1)
IN_THE_WAY = (
    sa.select(r.id)
    .select_from(conversations)
    .outerjoin(runs, sa.and_(r.conversation_id == conversations.c.id, ACTIVE))
    .where(conversations.c.id == sa.bindparam("where"), conversations.c.owner == sa.bindparam("whose"))
)


class SqlRunRepository(Repository, RunRepository):
    @in_session(writes=True)
    def open(self, connection: sa.Connection, turn: Turn) -> Run:
        row = _turn_to_row(turn)
        for _ in range(OPENING_ATTEMPTS):
            if ids := self._session.insert_turn(connection, row):
                return Run(
                    id=ids.run_id,
                    owner=turn.owner,
                    kind=RunKind.REPLY,
                    conversation_id=turn.conversation_id,
                    question_id=ids.question_id,
                    answer_id=ids.answer_id,
                    model=turn.model,
                    status=RunStatus.RUNNING,
                    fence=1,
                    created_at=turn.asked_at,
                )
            _refuse_if_busy(connection, turn)  # what was in the way may have ended in this very moment
        raise StorageUnavailable

    @in_session()
    def get(self, connection: sa.Connection, id: RunId, *, owner: OwnerId) -> Run:
        row = connection.execute(GET, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise RunNotFound(id)
        return _from_row(row)

    @in_session()
    def active(self, connection: sa.Connection, conversation_id: ConversationId, *, owner: OwnerId) -> Run | None:
        row = connection.execute(GET_ACTIVE, {"where": conversation_id, "whose": owner}).one_or_none()
        return None if row is None else _from_row(row)


def _refuse_if_busy(connection: sa.Connection, turn: Turn) -> None:
    found = connection.execute(IN_THE_WAY, {"where": turn.conversation_id, "whose": turn.owner}).first()
    if found is None:
        raise ConversationNotFound(turn.conversation_id)
    if found.id is not None:
        raise ReplyInProgress(found.id)


def _turn_to_row(turn: Turn) -> dict[str, Any]:
    content, parts = parts_to_columns(turn.question)
    return {
        "owner": turn.owner,
        "conversation_id": turn.conversation_id,
        "parent_id": turn.parent_id,
        "content": content,
        "parts": parts,
        "model": turn.model,
        "asked_at": turn.asked_at,
    }


def _from_row(row: sa.Row[Any]) -> Run:
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
        usage=None if row.raw is None else Usage(row.input_tokens, row.output_tokens, from_json(row.raw)),
        last_event=row.last_event,
    )
