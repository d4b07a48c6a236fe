"""Answer a request that stores nothing once for each Idempotency-Key: twins get the same bytes at no cost."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import anyio

from application.ports.storage import BeginTransaction
from domain.errors import KeyInUse, StorageUnavailable
from domain.idempotency import IdempotencyKey, KeyUse, StoredAnswer
from domain.run import WorkerId

LAST_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOnce:
    begin: BeginTransaction
    worker_id: WorkerId
    lease_seconds: float

    async def __call__(self, key: IdempotencyKey | None, work: Callable[[], Awaitable[StoredAnswer]]) -> StoredAnswer:
        """The answer of `work`, or the one that was kept under the key.

        Raise KeyInUse while a twin is at work, KeyReused for another request, and whatever `work` raises; a failure is
        not kept, so that the request can be sent again.
        """
        if key is None:
            return await work()
        if kept := await self.take(key):
            return kept
        try:
            answer = await work()
        except BaseException:
            await self.drop(key)
            raise
        await self.keep(key, answer)
        return answer

    async def take(self, key: IdempotencyKey) -> StoredAnswer | None:
        """The answer that was kept; or None, and the caller must `keep` one or `drop` the key. Raise KeyInUse."""
        async with self.begin() as tx:
            use = await tx.keys.find(key, lease_seconds=self.lease_seconds)
            if use and use.answer is None:
                raise KeyInUse
            if use is None:
                await tx.keys.keep(key, KeyUse(worker_id=self.worker_id))
                await tx.commit()
            return use.answer if use else None

    async def keep(self, key: IdempotencyKey, answer: StoredAnswer) -> None:
        async with self.begin() as tx:
            await tx.keys.keep(key, KeyUse(answer=answer, worker_id=self.worker_id))
            await tx.commit()

    async def drop(self, key: IdempotencyKey) -> None:
        """Also while the caller is being cancelled; if the store is away, the key is free when this worker is gone."""
        with anyio.move_on_after(LAST_SECONDS, shield=True), suppress(StorageUnavailable):
            async with self.begin() as tx:
                await tx.keys.drop(key)
                await tx.commit()
