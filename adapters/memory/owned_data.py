"""Everything of one owner in memory."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import datetime
from typing import Any

from adapters.memory.access_tables import AccessDraft
from adapters.memory.knowledge import KnowledgeDraft, rows
from adapters.memory.tables import Draft
from application.ports.owned_data import OwnedData, OwnedRecord
from domain.access import OwnerId

HIDDEN = frozenset({"password_hash", "refresh_hash", "secret_hash", "code_hash"})
KINDS = (
    "conversations",
    "users",
    "messages",
    "runs",
    "logins",
    "identities",
    "api_keys",
    "approvals",
    "run_events",
    "idempotency_keys",
    "usage",
    "documents",
    "vector_stores",
    "vector_store_files",
    "audit_log",
)


@dataclass(frozen=True, slots=True)
class MemoryOwnedData(OwnedData):
    draft: Draft
    knowledge: KnowledgeDraft
    access: AccessDraft

    async def kinds(self) -> list[str]:
        return list(KINDS)

    async def page(self, kind: str, *, owner: OwnerId, skip: int, limit: int) -> list[OwnedRecord]:
        found = [_in_json(value) for value in self._of(kind, owner)]
        return [OwnedRecord(kind, values) for values in found[skip : skip + limit]]

    async def erase(self, owner: OwnerId) -> None:
        for conversation in list(self._of("conversations", owner)):
            self.draft.forget(conversation.id)
        for name in [name for name, _ in self._keys(owner)]:
            self.draft.keys.drop(name)
        for id, stored in rows(self.knowledge.documents):
            if stored.document.owner == owner:
                self.knowledge.forget_document(id, owner)
        for store in list(self._of("vector_stores", owner)):
            self.knowledge.forget_store(store.id)
        self.knowledge.last_ids.drop(owner)
        access = self.access.rows
        access.api_keys = {id: key for id, key in access.api_keys.items() if key.owner != owner}
        for entry in [entry for entry in access.audit.items() if entry[1].owner == owner]:
            access.audit[entry[0]] = replace(entry[1], address="")
        self.draft.erased.add(owner)

    def _of(self, kind: str, owner: OwnerId) -> Iterable[Any]:
        """The owner's values of this kind, oldest first."""
        match kind:
            case "conversations" | "runs":
                values = list(getattr(self.draft, kind).newest_first())[::-1]
                return [value for value in values if value.owner == owner]
            case "messages":
                return [m for c in self._of("conversations", owner) for m in self.draft.messages_in(c.id)]
            case "approvals":
                values = list(self.draft.approvals.newest_first())[::-1]
                return [value for value in values if value.request.owner == owner]
            case "run_events":
                entries = self.draft.tables.entries
                return [entry for run in self._of("runs", owner) for entry in entries.get(run.id, ())]
            case "idempotency_keys":
                return [{"key": name[1], **asdict(kept)} for name, kept in self._keys(owner)]
            case "usage":
                return [spent for spent in self.draft.tables.ledger if spent.owner == owner]
            case "documents":
                return [stored for _, stored in rows(self.knowledge.documents) if stored.document.owner == owner]
            case "vector_stores":
                return [store for _, store in rows(self.knowledge.stores) if store.owner == owner]
            case "vector_store_files":
                stores = {store.id for store in self._of("vector_stores", owner)}
                files = rows(self.knowledge.store_files)
                return [{"id": list(key), **asdict(stored)} for key, stored in files if key[0] in stores]
        return self._of_access(kind, owner)

    def _of_access(self, kind: str, owner: OwnerId) -> Iterable[Any]:
        access = self.access.rows
        users = [user for user in access.users.values() if user.owner == owner]
        match kind:
            case "users":
                return users
            case "logins":
                return [login for login in access.logins.values() if login.user_id in {user.id for user in users}]
            case "identities":
                return [each for each in access.identities.values() if each.user_id in {user.id for user in users}]
            case "api_keys":
                return [key for key in access.api_keys.values() if key.owner == owner]
        return [entry for entry in access.audit.values() if entry.owner == owner]

    def _keys(self, owner: OwnerId) -> list[tuple[Any, Any]]:
        return [(name, kept) for name, kept in rows(self.draft.keys) if name[0] == owner]


def _in_json(value: Any) -> Mapping[str, Any]:
    values = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return {name: _plain(each) for name, each in values.items() if name not in HIDDEN}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(each) for each in value]
    return value
