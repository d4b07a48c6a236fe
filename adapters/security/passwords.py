"""Argon2id by pwdlib, on threads of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from pwdlib.hashers.argon2 import Argon2Hasher

from application.ports.passwords import Passwords
from domain.errors import TooBusy

T = TypeVar("T")

MEMORY_KIB, PASSES = 19 * 1024, 2  # OWASP's Password Storage Cheat Sheet: Argon2id with m=19456, t=2, p=1
NOBODYS = "$argon2id$v=19$m={m},t={t},p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


class Argon2Passwords(Passwords):
    """`threads` hash at once, each in `memory_kib` of memory; `most_waiting` more may wait for their turn."""

    def __init__(
        self, *, threads: int = 2, most_waiting: int = 64, memory_kib: int = MEMORY_KIB, passes: int = PASSES
    ) -> None:
        self._hasher = Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._nobodys = NOBODYS.format(m=memory_kib, t=passes)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._most, self._under_way = threads + most_waiting, 0

    async def hash(self, password: str) -> str:
        return await self._in_thread(partial(self._hasher.hash, password))

    async def verify(self, password: str, hash: str | None) -> bool:
        right = await self._in_thread(partial(self._hasher.verify, password, hash or self._nobodys))
        return right and bool(hash)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._under_way >= self._most:
            raise TooBusy("Too many logins are being checked; try again shortly", retry_after_seconds=2)
        self._under_way += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        future.add_done_callback(self._done)  # also when the caller has left: the thread works on until then
        return await asyncio.shield(future)

    def _done(self, future: "asyncio.Future[T]") -> None:
        self._under_way -= 1
        if not future.cancelled():
            future.exception()  # who would have heard of it may have left

    async def aclose(self) -> None:
        """Let go of the threads; what waits is not done."""
        self._pool.shutdown(wait=False, cancel_futures=True)
