"""API keys and the audit log in memory."""

from dataclasses import dataclass, replace
from datetime import datetime

from adapters.memory.access_tables import AccessDraft
from application.ports.api_keys import ApiKeyRepository, NewApiKey
from application.ports.audit import AuditLog
from domain.access import KeyId, OwnerId
from domain.errors import KeyNotFound
from domain.user import ApiKey, AuditEntry, AuditId


@dataclass(frozen=True, slots=True)
class MemoryApiKeys(ApiKeyRepository):
    draft: AccessDraft

    async def add(self, new: NewApiKey) -> ApiKey:
        key = ApiKey(
            id=KeyId(next(self.draft.rows.ids)),
            owner=new.owner,
            user_id=new.user_id,
            name=new.name,
            prefix=new.prefix,
            secret_hash=new.secret_hash,
            scopes=frozenset(new.scopes),
            created_at=new.created_at,
            expires_at=new.expires_at,
        )
        self.draft.rows.api_keys[key.id] = key
        return key

    async def find(self, secret_hash: str) -> ApiKey | None:
        return next((key for key in self.draft.rows.api_keys.values() if key.secret_hash == secret_hash), None)

    async def get(self, id: KeyId, *, owner: OwnerId) -> ApiKey:
        key = self.draft.rows.api_keys.get(id)
        if key is None or key.owner != owner:
            raise KeyNotFound(id)
        return key

    async def page(self, *, owner: OwnerId, before: KeyId | None, limit: int) -> list[ApiKey]:
        keys = [key for key in self.draft.rows.api_keys.values() if key.owner == owner]
        return sorted((key for key in keys if before is None or key.id < before), key=lambda key: -key.id)[:limit]

    async def count(self, *, owner: OwnerId) -> int:
        return sum(key.owner == owner and key.revoked_at is None for key in self.draft.rows.api_keys.values())

    async def revoke(self, id: KeyId, *, owner: OwnerId, at: datetime) -> ApiKey:
        key = await self.get(id, owner=owner)
        self.draft.rows.api_keys[id] = replace(key, revoked_at=key.revoked_at or at)
        return self.draft.rows.api_keys[id]


@dataclass(frozen=True, slots=True)
class MemoryAuditLog(AuditLog):
    draft: AccessDraft

    async def add(self, entry: AuditEntry) -> None:
        id = AuditId(next(self.draft.rows.ids))
        self.draft.rows.audit[id] = replace(entry, id=id)

    async def page(
        self, *, action: str | None, who: str | None, before: AuditId | None, limit: int
    ) -> list[AuditEntry]:
        entries = self.draft.rows.audit
        return [
            entries[id]
            for id in sorted(entries, reverse=True)
            if (before is None or id < before)
            and (action is None or entries[id].action == action)
            and (who is None or entries[id].owner == who)
        ][:limit]

    async def forget(self, before: datetime, *, limit: int) -> int:
        entries = self.draft.rows.audit
        old = sorted((entry for entry in entries.values() if entry.at < before), key=lambda entry: entry.at)[:limit]
        for entry in old:
            del entries[entry.id or AuditId(0)]
        return len(old)
