"""Messages in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.sql.codec import parts_from_columns, parts_to_columns
from adapters.sql.columns import Id
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import conversations, messages, runs
from application.ports.storage import MessageRepository
from domain.access import OwnerId
from domain.branching import Link
from domain.conversation import Conversation, Message, MessageId, MessageStatus, PromptMessage, Role
from domain.errors import MessageNotFound

m = messages.c
IN = m.conversation_id == sa.bindparam("conversation")
EXISTS = sa.select(m.id).where(m.id == sa.bindparam("which", type_=Id), IN)


def _upwards() -> sa.Select[Any]:
    """From a message to its ancestors, parent by parent, at most `steps` messages: one look-up by key for each."""
    start = sa.select(messages, sa.literal_column("1").label("step")).where(m.id == sa.bindparam("start", type_=Id), IN)
    path = start.cte("path", recursive=True)
    parent = sa.select(messages, path.c.step + sa.literal_column("1")).where(
        m.id == path.c.parent_id, path.c.step < sa.bindparam("steps", type_=sa.Integer)
    )
    path = path.union_all(parent)
    return sa.select(path).order_by(path.c.step)


def _onwards() -> sa.Select[Any]:
    """From the head to its ancestors above `after`, by their ids alone; then the first of them whole."""
    later = sa.and_(IN, m.id > sa.bindparam("after", type_=Id))
    start = sa.select(m.id, m.parent_id).where(m.id == sa.bindparam("start", type_=Id), later)
    path = start.cte("path", recursive=True)
    path = path.union_all(sa.select(m.id, m.parent_id).where(m.id == path.c.parent_id, later))
    first = sa.select(path.c.id).order_by(path.c.id).limit(sa.bindparam("most", type_=sa.Integer)).subquery()
    return sa.select(messages).join(first, m.id == first.c.id).order_by(m.id)


UPWARDS, ONWARDS = _upwards(), _onwards()
THIS = sa.and_(m.id == sa.bindparam("which", type_=Id), IN)
GET = sa.select(m.parent_id, m.run_id).where(THIS)
ADOPT = (
    sa.update(messages).where(m.parent_id == sa.bindparam("which", type_=Id), IN).values(parent_id=sa.bindparam("to"))
)
INSERT = sa.insert(messages)
DELETE = sa.delete(messages).where(THIS)
DELETE_RUN = sa.delete(runs).where(runs.c.id == sa.bindparam("which"))
c = conversations.c
LINKS = sa.select(m.id, m.parent_id).where(IN)
FIND = (
    sa.select(messages)
    .join(conversations, c.id == m.conversation_id)
    .where(m.id.in_(sa.bindparam("ids", type_=Id, expanding=True)), c.owner == sa.bindparam("owner"))
)
MOVE_HEAD = sa.update(conversations).where(c.id == sa.bindparam("conversation"))
MOVE_HEAD_FROM = MOVE_HEAD.where(c.head_id == sa.bindparam("which", type_=Id)).values(head_id=sa.bindparam("to"))


class SqlMessageRepository(Repository, MessageRepository):
    @in_session()
    def branch(
        self,
        connection: sa.Connection,
        conversation: Conversation,
        *,
        before: MessageId | None = None,
        tip: MessageId | None = None,
        limit: int,
    ) -> list[Message]:
        here = {"conversation": conversation.id}
        if tip is not None and before is not None and not connection.execute(EXISTS, {"which": tip, **here}).first():
            raise MessageNotFound(tip)
        start = conversation.head_id if tip is None else tip
        if before is not None:
            start, limit = before, limit + 1
        if start is None:
            return []
        path = connection.execute(UPWARDS, {"start": start, "steps": limit, **here}).all()
        if not path:
            raise MessageNotFound(start)
        return [_from_row(row) for row in reversed(path if before is None else path[1:])]

    @in_session(slow=True)
    def onwards(
        self, connection: sa.Connection, conversation: Conversation, *, after: MessageId | None = None, limit: int
    ) -> list[Message]:
        here = {"conversation": conversation.id}
        if after is not None and not connection.execute(EXISTS, {"which": after, **here}).first():
            raise MessageNotFound(after)
        values = {"start": conversation.head_id, "after": after or 0, "most": limit, **here}
        return [_from_row(row) for row in connection.execute(ONWARDS, values)]

    @in_session(slow=True)
    def links(self, connection: sa.Connection, conversation: Conversation) -> list[Link]:
        return [(row.id, row.parent_id) for row in connection.execute(LINKS, {"conversation": conversation.id})]

    @in_session(writes=True)
    def move_head(self, connection: sa.Connection, conversation: Conversation, to: MessageId) -> None:
        here = {"conversation": conversation.id}
        if not connection.execute(EXISTS, {"which": to, **here}).first():
            raise MessageNotFound(to)
        connection.execute(MOVE_HEAD, {**here, "head_id": to})

    @in_session(slow=True)
    def find(self, connection: sa.Connection, ids: Sequence[MessageId], *, owner: OwnerId) -> list[Message]:
        return [_from_row(row) for row in connection.execute(FIND, {"ids": list(ids), "owner": owner})]

    @in_session(writes=True)
    def add(
        self, connection: sa.Connection, conversation: Conversation, said: Sequence[PromptMessage], *, at: datetime
    ) -> list[Message]:
        if not said:
            return []
        ids = self._session.message_ids(connection, len(said))
        rows = chained(list(map(to_row, said)), ids, below=conversation.head_id, conversation_id=conversation.id, at=at)
        connection.execute(sa.insert(messages), rows)
        connection.execute(MOVE_HEAD, {"conversation": conversation.id, "head_id": ids[-1], "updated_at": at})
        return [
            Message(row["id"], conversation.id, row["parent_id"], each.role, each.parts, MessageStatus.COMPLETED, at)
            for row, each in zip(rows, said, strict=True)
        ]

    @in_session(writes=True, slow=True)
    def restore(
        self,
        connection: sa.Connection,
        conversation: Conversation,
        messages: Sequence[Message],
        *,
        head: MessageId | None,
    ) -> None:
        fresh = self._session.message_ids(connection, len(messages)) if messages else []
        ids: dict[int | None, int] = {each.id: id for each, id in zip(messages, fresh, strict=True)}
        if messages:
            connection.execute(INSERT, [_restored(each, ids, conversation.id) for each in messages])
        if head is not None:
            connection.execute(MOVE_HEAD, {"conversation": conversation.id, "head_id": ids[head]})

    @in_session(writes=True, slow=True)
    def delete(self, connection: sa.Connection, conversation: Conversation, id: MessageId) -> None:
        this = {"which": id, "conversation": conversation.id}
        row = connection.execute(GET, this).one_or_none()
        if row is None:
            raise MessageNotFound(id)
        for statement in (ADOPT, MOVE_HEAD_FROM):
            connection.execute(statement, this | {"to": row.parent_id})
        connection.execute(DELETE, this)
        if row.run_id is not None:
            connection.execute(DELETE_RUN, {"which": row.run_id})


def _restored(message: Message, ids: dict[int | None, int], conversation_id: int) -> dict[str, Any]:
    """The message as a row of that conversation, under its new id and its parent's."""
    return to_row(PromptMessage(message.role, message.parts)) | {
        "id": ids[message.id],
        "conversation_id": conversation_id,
        "parent_id": ids.get(message.parent_id),
        "status": message.status.value,
        "run_id": None,
        "created_at": message.created_at,
    }


def to_row(message: PromptMessage) -> dict[str, Any]:
    content, parts = parts_to_columns(message.parts)
    return {"role": message.role.value, "content": content, "parts": parts}


def chained(
    rows: Sequence[dict[str, Any]], ids: Sequence[int], *, below: int | None, conversation_id: int, at: datetime
) -> list[dict[str, Any]]:
    """The rows whole: completed messages of these ids, the first below the message `below`, each below the last."""
    same = {"conversation_id": conversation_id, "status": "completed", "run_id": None, "created_at": at}
    places = zip(ids, (below, *ids), rows, strict=False)
    return [row | same | {"id": id, "parent_id": parent_id} for id, parent_id, row in places]


def _from_row(row: sa.Row[Any]) -> Message:
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        parent_id=row.parent_id,
        role=Role(row.role),
        parts=parts_from_columns(row.content, row.parts),
        status=MessageStatus(row.status),
        created_at=row.created_at,
        run_id=row.run_id,
    )
