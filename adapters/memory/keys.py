"""Idempotency keys in memory."""

from dataclasses import dataclass
from datetime import timedelta

from adapters.memory.knowledge import rows
from adapters.memory.tables import Draft, KeptKey, KeyName
from adapters.memory.workers import is_alive
from application.ports.clock import Now
from application.ports.idempotency import IdempotencyKeys
from domain.access import OwnerId
from domain.errors import KeyInUse, KeyReused
from domain.idempotency import KEPT_SECONDS, IdempotencyKey, KeyUse

KEPT = timedelta(seconds=KEPT_SECONDS)


@dataclass(frozen=True, slots=True)
class MemoryKeys(IdempotencyKeys):
    draft: Draft
    now: Now

    async def find(self, key: IdempotencyKey, *, lease_seconds: float) -> KeyUse | None:
        kept = self._kept(key)
        if kept and self._is_abandoned(kept.use, timedelta(seconds=lease_seconds)):
            await self.drop(key)
            return None
        if kept and kept.fingerprint != key.fingerprint:
            raise KeyReused
        return kept.use if kept else None

    async def keep(self, key: IdempotencyKey, use: KeyUse) -> None:
        before = self._kept(key)
        if before and not _finishes(use, before.use):
            raise KeyInUse
        self._forget_old()
        self.draft.keys.put(_name(key), KeptKey(key.fingerprint, use, before.first_used if before else self.now()))

    async def forget_answers(self, owner: OwnerId) -> int:
        answers = [name for name, kept in rows(self.draft.keys) if name[0] == owner and kept.use.answer]
        for name in answers:
            self.draft.keys.drop(name)
        return len(answers)

    async def drop(self, key: IdempotencyKey) -> None:
        self.draft.keys.drop(_name(key))

    def _kept(self, key: IdempotencyKey) -> KeptKey | None:
        """What is kept under the key and not forgotten."""
        kept = self.draft.keys.get(_name(key))
        if kept is None or self._is_old(kept) or self._is_gone(kept.use):
            return None
        return kept

    def _is_old(self, kept: KeptKey) -> bool:
        return kept.first_used <= self.now() - KEPT

    def _is_gone(self, use: KeyUse) -> bool:
        """The key's run or conversation was deleted."""
        conversation_id = use.conversation_id
        if use.run_id is not None:
            run = self.draft.runs.get(use.run_id)
            if run is None:
                return True
            conversation_id = run.conversation_id
        return conversation_id is not None and self.draft.conversations.get(conversation_id) is None

    def _is_abandoned(self, use: KeyUse, lease: timedelta) -> bool:
        return (
            _is_in_flight(use)
            and use.worker_id is not None
            and not is_alive(self.draft.tables, use.worker_id, self.now, lease)
        )

    def _forget_old(self) -> None:
        """From the oldest on; so the table holds what came within the last day, whoever asks again or not."""
        for name, kept in self.draft.tables.keys.items():
            if not self._is_old(kept):
                return
            self.draft.keys.drop(name)


def _name(key: IdempotencyKey) -> KeyName:
    return key.owner, key.key


def _is_in_flight(use: KeyUse) -> bool:
    return use.run_id is None and use.conversation_id is None and use.answer is None


def _finishes(use: KeyUse, before: KeyUse) -> bool:
    """`use` is what came of the work that the same worker had begun, not another beginning."""
    return _is_in_flight(before) and before.worker_id == use.worker_id and not _is_in_flight(use)
