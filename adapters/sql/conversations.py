"""Conversations in SQL."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.sql.codec import from_json, to_json
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import conversations, messages
from application.ports.storage import ConversationFilter, ConversationRepository, NewConversation
from domain.access import OwnerId
from domain.conversation import Conversation, ConversationChange, ConversationId, ConversationKind
from domain.errors import ConversationNotFound

c = conversations.c
INSERT = sa.insert(conversations).returning(c.id)
SELECT = sa.select(conversations)
MINE = sa.and_(c.id == sa.bindparam("which"), c.owner == sa.bindparam("whose"))
GET = SELECT.where(MINE)
# Whoever goes on to ask must have seen the newest head: the row is held until the transaction ends.
GET_AND_HOLD = GET.with_for_update(key_share=True)
DELETE = sa.delete(conversations).where(MINE)
RETITLE = sa.update(conversations).where(MINE, c.title == sa.bindparam("old")).values(title=sa.bindparam("new"))
UPDATE = sa.update(conversations).where(MINE).returning(*c)


class SqlConversationRepository(Repository, ConversationRepository):
    @in_session(writes=True)
    def add(self, connection: sa.Connection, new: NewConversation) -> Conversation:
        row = {
            "owner": new.owner,
            "kind": new.kind.value,
            "user_label": new.user_label,
            "title": new.title,
            "pinned": False,
            "archived": False,
            "metadata": to_json(dict(new.metadata)) if new.metadata else None,
            "created_at": new.created_at,
            "updated_at": new.created_at,
        }
        id = connection.execute(INSERT, row).scalar_one()
        at = new.created_at
        return Conversation(
            id, new.owner, new.user_label, new.title, at, at, metadata=dict(new.metadata), kind=new.kind
        )

    @in_session()
    def get(self, connection: sa.Connection, id: ConversationId, *, owner: OwnerId) -> Conversation:
        statement = GET_AND_HOLD if self._session.writable else GET
        row = connection.execute(statement, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise ConversationNotFound(id)
        return _from_row(row)

    @in_session(slow=True)
    def page(
        self,
        connection: sa.Connection,
        *,
        owner: OwnerId,
        filter: ConversationFilter,
        before: ConversationId | None,
        limit: int,
    ) -> list[Conversation]:
        statement = SELECT.where(c.owner == owner, c.kind == filter.kind.value).order_by(c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(c.id < before)
        if filter.user_label is not None:
            statement = statement.where(c.user_label == filter.user_label)
        if filter.archived is not None:
            statement = statement.where(c.archived == filter.archived)
        if filter.query:
            statement = statement.where(self._mentions(filter.query))
        return [_from_row(row) for row in connection.execute(statement)]

    @in_session(writes=True)
    def change(
        self,
        connection: sa.Connection,
        id: ConversationId,
        change: ConversationChange,
        *,
        owner: OwnerId,
        at: datetime,
    ) -> Conversation:
        metadata = None if change.metadata is None else to_json(dict(change.metadata))
        named = {"title": change.title, "pinned": change.pinned, "archived": change.archived, "metadata": metadata}
        values = {name: value for name, value in named.items() if value is not None}
        statement = UPDATE.values(updated_at=at, **values)
        row = connection.execute(statement, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise ConversationNotFound(id)
        return _from_row(row)

    @in_session(writes=True)
    def retitle(self, connection: sa.Connection, id: ConversationId, *, owner: OwnerId, old: str, new: str) -> None:
        connection.execute(RETITLE, {"which": id, "whose": owner, "old": old, "new": new})

    @in_session(writes=True, slow=True)
    def delete(self, connection: sa.Connection, id: ConversationId, *, owner: OwnerId) -> None:
        if connection.execute(DELETE, {"which": id, "whose": owner}).rowcount == 0:
            raise ConversationNotFound(id)

    def _mentions(self, query: str) -> sa.ColumnElement[bool]:
        """The query as it stands, in the title or in any message; no character of it is special."""
        said = sa.exists().where(messages.c.conversation_id == c.id, self._session.contains(messages.c.content, query))
        return sa.or_(self._session.contains(c.title, query), said)


def _from_row(row: sa.Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        owner=row.owner,
        user_label=row.user_label,
        title=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
        head_id=row.head_id,
        pinned=row.pinned,
        archived=row.archived,
        metadata={} if row.metadata is None else from_json(row.metadata),
        kind=ConversationKind(row.kind),
    )
