"""Everything of one owner in SQL, found by the schema itself: a table that is added later is not forgotten.

A table is an owner's by its column `owner`, or by a foreign key to one that is.
"""

import base64
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.sql.access_tables import audit_log, identities, invitations, logins, users
from adapters.sql.functions import start_of_day
from adapters.sql.knowledge_tables import blob_parts, blobs
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import metadata, usage
from application.ports.owned_data import OwnedData, OwnedRecord
from domain.access import NOBODY, OwnerId

NOBODYS = {
    "owner": NOBODY,
    "user_id": None,
    "key_id": None,
    "run_id": None,
    "raw": "{}",
    "created_at": start_of_day(usage.c.created_at),
}
"""What is left of a line of the ledger: numbers of a day, so that the sums stay and nobody's habits do."""
HIDDEN = frozenset({"password_hash", "refresh_hash", "secret_hash", "code_hash"})
DERIVED = frozenset({"postings", "document_terms", "vectors", "search_indexes", "chunks"})
"""Made from the documents, and made again from them."""
BY_NAME = frozenset({users.name, logins.name, identities.name, invitations.name, audit_log.name})
"""Their owner is written in another way."""


def _path(table: sa.Table) -> list[sa.ForeignKey] | None:
    """The foreign keys to follow from the table to one with the column `owner`."""
    if "owner" in table.c:
        return []
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        if not key.parent.nullable and (rest := _path(key.column.table)) is not None:
            return [key, *rest]
    return None


def _of(table: sa.Table, owner: OwnerId) -> sa.Select[Any]:
    """The owner's rows of a table, in the order of its primary key."""
    order = [column for column in table.primary_key if column.name != "owner"]
    statement = sa.select(table).order_by(*order)
    if table is audit_log:
        return statement.where(audit_log.c.by_owner == owner)
    if table is users:
        return statement.where(_is_user(users.c.id, owner))
    if table in (logins, identities):
        return statement.where(_is_user(table.c.user_id, owner))
    path, last = _path(table) or [], table
    for key in path:
        last = key.column.table
        statement = statement.join(last, key.parent == key.column)
    return statement.where(last.c.owner == owner)


def _is_user(id: sa.Column[int], owner: OwnerId) -> sa.ColumnElement[bool]:
    """Whether it is the user that is this owner."""
    number = owner.removeprefix("user_")
    return id == (int(number) if owner.startswith("user_") and number.isdecimal() else 0)


def _tables() -> list[sa.Table]:
    return [
        table
        for table in metadata.sorted_tables
        if table.name not in DERIVED
        and table is not invitations
        and (table.name in BY_NAME or _path(table) is not None)
    ]


class SqlOwnedData(Repository, OwnedData):
    async def kinds(self) -> list[str]:
        return [str(table.name) for table in _tables()]

    @in_session(slow=True)
    def page(self, connection: sa.Connection, kind: str, *, owner: OwnerId, skip: int, limit: int) -> list[OwnedRecord]:
        statement = _of(metadata.tables[kind], owner).offset(skip).limit(limit)
        return [OwnedRecord(kind, _in_json(row._asdict())) for row in connection.execute(statement)]

    @in_session(writes=True, slow=True)
    def erase(self, connection: sa.Connection, owner: OwnerId) -> None:
        spent = usage.c.owner == owner
        connection.execute(sa.update(usage).where(spent).values(NOBODYS))
        connection.execute(sa.update(audit_log).where(audit_log.c.by_owner == owner).values(address=""))
        held = sa.select(blobs.c.id).where(blobs.c.owner == owner)
        connection.execute(sa.delete(blob_parts).where(blob_parts.c.blob_id.in_(held)))
        to_erase = {"owner": NOBODY, "document_id": None, "to_erase": True}  # those that are elsewhere
        connection.execute(sa.update(blobs).where(blobs.c.owner == owner).values(to_erase))
        for table in reversed(metadata.sorted_tables):
            if "owner" in table.c and table not in (usage, blobs):
                connection.execute(sa.delete(table).where(table.c.owner == owner))


def _in_json(row: dict[str, Any]) -> dict[str, Any]:
    return {str(name): _plain(value) for name, value in row.items() if name not in HIDDEN}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
