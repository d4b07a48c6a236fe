"""Conversations in SQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.codec import from_json, to_json
from adapters.sql.knowledge_tables import conversation_documents, documents
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import conversations, messages
from application.ports.storage import ConversationFilter, ConversationRepository, NewConversation
from domain.access import OwnerId
from domain.citation import DocumentId
from domain.conversation import Conversation, ConversationChange, ConversationId, ConversationKind
from domain.errors import ConversationNotFound, DocumentNotFound

c, attached = conversations.c, conversation_documents.c
INSERT = insert(conversations).on_conflict_do_nothing().returning(c.id)  # of alias; nothing else can be there twice
DOCUMENTS = (
    sa.select(sa.func.aggregate_strings(sa.cast(attached.document_id, sa.String), ","))
    .where(attached.conversation_id == c.id)
    .scalar_subquery()
    .label("documents")
)
SELECT = sa.select(conversations, DOCUMENTS)
MINE = sa.and_(c.id == sa.bindparam("which"), c.owner == sa.bindparam("whose"))
GET = SELECT.where(MINE)
# Whoever goes on to ask must have seen the newest head: the row is held until the transaction ends.
GET_AND_HOLD = GET.with_for_update(key_share=True)
FIND = SELECT.where(c.owner == sa.bindparam("whose"), c.alias == sa.bindparam("which"))
FIND_AND_HOLD = FIND.with_for_update(key_share=True)
DELETE = sa.delete(conversations).where(MINE)
RETITLE = sa.update(conversations).where(MINE, c.title == sa.bindparam("old")).values(title=sa.bindparam("new"))
UPDATE = sa.update(conversations).where(MINE)
DETACH = sa.delete(conversation_documents).where(attached.conversation_id == sa.bindparam("which"))


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
            "alias": new.alias,
            "metadata": to_json(dict(new.metadata)) if new.metadata else None,
            "created_at": new.created_at,
            "updated_at": new.created_at,
        }
        id = connection.execute(INSERT, row).scalar_one_or_none()
        if id is None:
            return _from_row(connection.execute(FIND_AND_HOLD, {"which": new.alias, "whose": new.owner}).one())
        return Conversation(
            id,
            new.owner,
            new.user_label,
            new.title,
            new.created_at,
            new.created_at,
            alias=new.alias,
            metadata=dict(new.metadata),
            kind=new.kind,
            documents=_attach(connection, id, new.documents, new.owner) if new.documents else (),
        )

    @in_session()
    def get(self, connection: sa.Connection, id: ConversationId, *, owner: OwnerId) -> Conversation:
        statement = GET_AND_HOLD if self._session.writable else GET
        row = connection.execute(statement, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise ConversationNotFound(id)
        return _from_row(row)

    @in_session()
    def find(self, connection: sa.Connection, alias: str, *, owner: OwnerId) -> Conversation | None:
        statement = FIND_AND_HOLD if self._session.writable else FIND
        row = connection.execute(statement, {"which": alias, "whose": owner}).one_or_none()
        return None if row is None else _from_row(row)

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
        if filter.pinned is not None:
            statement = statement.where(c.pinned == filter.pinned)
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
        mine = {"which": id, "whose": owner}
        if connection.execute(UPDATE.values(updated_at=at, **values), mine).rowcount == 0:
            raise ConversationNotFound(id)
        if change.documents is not None:
            connection.execute(DETACH, {"which": id})
            _attach(connection, id, change.documents, owner)
        return _from_row(connection.execute(GET, mine).one())

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


def _attach(
    connection: sa.Connection, id: ConversationId, wanted: Collection[DocumentId], owner: OwnerId
) -> tuple[DocumentId, ...]:
    mine = sa.select(documents.c.id).where(documents.c.id.in_(wanted), documents.c.owner == owner)
    found = set(connection.execute(mine.with_for_update(key_share=True)).scalars()) if wanted else set()
    if missing := [each for each in wanted if each not in found]:
        raise DocumentNotFound(missing[0])
    rows = [{"conversation_id": id, "document_id": each} for each in sorted(found)]
    if rows:
        connection.execute(sa.insert(conversation_documents), rows)
    return tuple(sorted(found))


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
        alias=row.alias,
        metadata={} if row.metadata is None else from_json(row.metadata),
        kind=ConversationKind(row.kind),
        documents=tuple(sorted(DocumentId(int(each)) for each in row.documents.split(","))) if row.documents else (),
    )
