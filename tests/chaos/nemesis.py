"""Somebody who breaks what can break, by chance and for a while, and mends it again."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import asyncpg
import msgspec

from tests.chaos.history import History
from tests.support.cluster import NotStarted, Replica
from tests.support.fragile_postgres import FragilePostgres
from tests.support.provider import Script, ScriptedProvider, script_of

HEALTHY = Script(echo=True, delay=0.02)
FAULTS = ("s500", "s503", "s429", "stall_mid", "stall_headers", "reset_mid", "reset_first", "truncate", "cut_mid",
          "error_in_stream", "partial_json", "garbage", "done_without_finish")  # fmt: skip


@dataclass(slots=True, eq=False)
class Nemesis:
    """Three at once: one for the replicas, one for the database, one for the provider."""

    seed: str
    lease_seconds: float
    replicas: list[Replica]
    postgres: FragilePostgres
    provider: ScriptedProvider
    history: History

    async def rage(self, stop: asyncio.Event) -> None:
        """Until told to stop; then everything is healed when this returns."""
        await asyncio.gather(
            self._break(stop, "replicas", [self._kill, self._kill, self._freeze, self._terminate]),
            self._break(stop, "database", [self._cut_off, self._cut_off, self._crash_database, self._freeze_database]),
            self._break(stop, "provider", [self._fault]),
        )
        for replica in self.replicas:
            if not replica.is_alive:
                await replica.start()

    async def _break(
        self, stop: asyncio.Event, name: str, ways: list[Callable[[random.Random], Awaitable[str]]]
    ) -> None:
        chance = random.Random(f"{self.seed} {name}")
        while not await _within(chance.uniform(0.5, 4), stop):
            done = await chance.choice(ways)(chance)
            self.history.injected[done] += 1

    async def _kill(self, chance: random.Random) -> str:
        replica = chance.choice(self.replicas)
        await replica.kill()
        await asyncio.sleep(chance.uniform(0, 1.5))
        await _start(replica)
        return "kill -9"

    async def _freeze(self, chance: random.Random) -> str:
        replica = chance.choice(self.replicas)
        replica.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(self.lease_seconds * chance.uniform(0.5, 2))
        finally:
            replica.signal(signal.SIGCONT)
        return "frozen replica"

    async def _terminate(self, chance: random.Random) -> str:
        replica = chance.choice(self.replicas)
        if replica.is_alive:
            replica.signal(signal.SIGTERM)
            if (code := await replica.ended()) != 0:
                self.history.wrong.append(f"after SIGTERM a replica ended with {code}")
        await _start(replica)
        return "SIGTERM"

    async def _cut_off(self, chance: random.Random) -> str:
        with suppress(OSError, asyncpg.PostgresError):
            await self.postgres.terminate_clients()
        return "backends terminated"

    async def _crash_database(self, chance: random.Random) -> str:
        await self.postgres.die()
        await asyncio.sleep(chance.uniform(0, 2))
        await self.postgres.revive()
        return "database crashed"

    async def _freeze_database(self, chance: random.Random) -> str:
        await self.postgres.freeze()
        try:
            await asyncio.sleep(chance.uniform(0.5, 6))
        finally:
            await self.postgres.wake()
        return "database frozen"

    async def _fault(self, chance: random.Random) -> str:
        name = chance.choice(FAULTS)
        fault = script_of(name)
        assert fault is not None
        self.provider.default = msgspec.structs.replace(fault, echo=True, delay=HEALTHY.delay, at=chance.randint(0, 9))
        try:
            await asyncio.sleep(chance.uniform(0.3, 2))
        finally:
            self.provider.default = HEALTHY
        return f"provider {name}"


async def _start(replica: Replica) -> None:
    """Until it comes up: the database may be away."""
    while True:
        try:
            return await replica.start()
        except NotStarted as refused:
            if "Traceback" in str(refused):
                raise
            await asyncio.sleep(0.2)


async def _within(seconds: float, event: asyncio.Event) -> bool:
    """Whether the event happened in that time."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
