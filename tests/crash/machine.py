"""Servers in virtual time to which everything happens that happens to servers."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from adapters.memory.signals import LocalSignals
from domain.errors import Refusal
from domain.run import Run
from tests.support.mortal_world import LEASE, Server, World
from tests.support.paced_provider import PacedProvider
from tests.support.virtual_time import VirtualLoop

T = TypeVar("T")
MOST_SERVERS = 3
RETENTION = 60.0
WORD = 1.0
which = st.integers(0, 7)


class Misfortunes(RuleBasedStateMachine):
    """There is always a server, but it may be frozen, or cut off from the table of workers."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.world = World(retention_seconds=RETENTION, provider=PacedProvider(seconds_a_word=WORD))
        self.servers: list[Server] = []
        self.faults: list[BaseException] = []

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """In virtual time, in which everything else goes on; nothing may take an hour."""

        async def in_time() -> T:
            async with asyncio.timeout(3600):
                return await work

        return self.runner.run(in_time())

    def server(self, which: int) -> Server:
        return self.servers[which % len(self.servers)]

    @property
    def runs(self) -> list[Run]:
        """Newest first."""
        return list(self.world.database.tables.runs.values())[::-1]

    def some_run(self, which: int) -> Run:
        return self.runs[which % len(self.runs)]

    def begin(self, server: Server, work: Coroutine[Any, Any, Any]) -> asyncio.Task[None]:
        """Somebody does it by way of this server, and takes a refusal for an answer."""

        async def attempt() -> None:
            try:
                await work
            except Refusal:
                pass
            except Exception as fault:  # noqa: BLE001  # whatever it is, it must not be
                self.faults.append(fault)

        async def spawn() -> asyncio.Task[None]:
            task = server.spawn(attempt())
            await asyncio.sleep(0.01)
            return task

        return self.do(spawn())

    # --- misfortunes ----------------------------------------------------------------------------------------------

    @initialize(heard=st.booleans())
    def begin_with_one(self, heard: bool) -> None:
        """Signals go between the servers, or are all lost."""
        self.heard = heard
        self.start()

    @precondition(lambda self: len(self.servers) < MOST_SERVERS)
    @rule()
    def start(self) -> None:
        if not self.heard:
            self.world.signals = LocalSignals()
        self.servers.append(self.do(self.world.start(most_runs=3, most_queued=20)))

    @precondition(lambda self: len(self.servers) > 1)
    @rule(which=which)
    def kill(self, which: int) -> None:
        server = self.server(which)
        self.servers.remove(server)

        async def die() -> None:
            server.process.die()
            await server.process.gone()

        self.do(die())

    @precondition(lambda self: len(self.servers) > 1)
    @rule(which=which, drain=st.sampled_from([0.0, WORD]))
    def stop(self, which: int, drain: float) -> None:
        server = self.server(which)
        if not server.process.is_frozen:
            self.world.oracle.was_handed_over = True
            self.do(self.stopped(server, drain))

    async def stopped(self, server: Server, drain: float) -> None:
        await server.spawn(server.core.loop.stop(drain_seconds=drain))
        self.servers.remove(server)
        server.process.die()
        await server.process.gone()

    @precondition(lambda self: len(self.servers) > 1)
    @rule(which=which)
    def kill_and_be_missed(self, which: int) -> None:
        self.kill(which)
        self.let_time_pass(LEASE + 1)

    @rule(which=which, seconds=st.sampled_from([WORD, LEASE + 1, LEASE + 4]))
    def oversleep(self, which: int, seconds: float) -> None:
        """A server stands still, and goes on as if nothing had been."""
        process = self.server(which).process
        process.freeze()
        self.let_time_pass(seconds)
        process.thaw()

    @rule(which=which)
    def freeze_or_thaw(self, which: int) -> None:
        process = self.server(which).process
        if process.is_frozen:
            process.thaw()
        else:
            process.freeze()

    @rule(which=which)
    def cut_off_or_not(self, which: int) -> None:
        workers = self.server(which).core.workers
        workers.cut_off = not workers.cut_off

    @rule(which=which, seconds=st.sampled_from([WORD, LEASE + 1]))
    def lose_the_store(self, which: int, seconds: float) -> None:
        process = self.server(which).process
        process.has_no_store = True
        self.let_time_pass(seconds)
        process.has_no_store = False

    @rule(seconds=st.sampled_from([LEASE / 2, LEASE + 1]))
    def lose_the_store_everywhere(self, seconds: float) -> None:
        for server in self.servers:
            server.process.has_no_store = True
        self.let_time_pass(seconds)
        for server in self.servers:
            server.process.has_no_store = False

    @rule(seconds=st.sampled_from([0.05, WORD, 2.5 * WORD, LEASE + 1, RETENTION / 2]))
    def let_time_pass(self, seconds: float) -> None:
        self.do(asyncio.sleep(seconds))
