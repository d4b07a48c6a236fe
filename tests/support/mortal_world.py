"""Mortal processes over one store in memory, in virtual time, and the people who use them."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.memory.database import MemoryDatabase
from adapters.memory.signals import LocalSignals
from application.chat.edit_question import Edit
from application.chat.question import Question
from application.chat.regenerate_answer import Regeneration
from application.ports.signals import Signals
from domain.conversation import ConversationId
from domain.idempotency import IdempotencyKey
from domain.run import IfBusy, Run, RunStatus, WorkerId
from tests.support.builders import ALICE
from tests.support.core import ANN, Core
from tests.support.everything import everything
from tests.support.mortal_ports import MortalDatabase, MortalModel
from tests.support.mortal_process import Fate, MortalProcess
from tests.support.oracle import Asked, Oracle, Reading
from tests.support.paced_provider import PacedProvider
from tests.support.virtual_time import LoopClock

LEASE = 10.0
SOON = 5.0


@dataclass
class World:
    """What outlives every process: the store, the provider, and what people know."""

    retention_seconds: float = 600.0
    provider: PacedProvider = field(default_factory=PacedProvider)
    clock: LoopClock = field(default_factory=LoopClock)
    signals: Signals = field(default_factory=LocalSignals)
    asked: list[Asked] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    started: int = 0
    models: int = 0

    def __post_init__(self) -> None:
        self.database = MemoryDatabase(now=self.clock, alone=False)
        self.oracle = Oracle(self.provider.calls, self.provider.whole_answers)

    async def start(self, fate: Fate | None = None, **limits: Any) -> "Server":
        """A server that is up, unless it dies while it starts."""
        self.started += 1
        process = MortalProcess(f"server {self.started}", fate or Fate())
        core = Core(
            clock=self.clock,
            database=MortalDatabase(process, self.database),  # type: ignore[arg-type]
            signals=self.signals,
            model=MortalModel(process, self.provider),  # type: ignore[arg-type]
            id=WorkerId(process.name),
            retention_seconds=self.retention_seconds,
            poll_seconds=1.0,
            **limits,
        )
        server = Server(self, process, core)
        await asyncio.wait({server.process.spawn(core.loop.start())})
        return server

    async def check(self) -> None:
        self.oracle.check(await everything(self.database), self.asked, self.readings)

    async def check_at_rest(self) -> None:
        self.oracle.check_at_rest(await everything(self.database), self.asked, self.readings)

    def new_question(self, *, keyed: bool = False) -> Asked:
        number = len(self.asked) + 1
        text = f"question {number}"
        self.asked.append(Asked(text, key=IdempotencyKey(ALICE, text, text) if keyed else None))
        return self.asked[-1]

    def new_model(self) -> str:
        self.models += 1
        return f"scripted:{self.models}"

    async def beats(self, *servers: "Server") -> bool:
        """Whether none of these is taken for dead."""
        lately = self.clock() - timedelta(seconds=LEASE)
        return all(self.database.tables.beats[server.core.id] > lately for server in servers)

    async def runs(self) -> list[Run]:
        return list((await everything(self.database)).runs.values())


@dataclass
class Server:
    """What people do with one process. They note what they are told, and nothing else."""

    world: World
    process: MortalProcess
    core: Core

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do it within the process, which people do not survive in their present connection."""
        return self.process.spawn(work)

    async def ask(
        self,
        conversation_id: ConversationId | None = None,
        *,
        if_busy: IfBusy = IfBusy.REJECT,
        asked: Asked | None = None,
    ) -> Run:
        asked = asked or self.world.new_question()
        asked.models.append(self.world.new_model())
        question = Question(
            message=asked.text, conversation_id=conversation_id, model=asked.models[-1], if_busy=if_busy, key=asked.key
        )
        return self._told(asked, await self.core.ask_question(ANN, question))

    async def edit(self, run: Run) -> Run:
        asked = self.world.new_question()
        asked.models.append(self.world.new_model())
        edit = Edit(
            conversation_id=run.conversation_id, message_id=run.question_id, message=asked.text, model=asked.models[-1]
        )
        return self._told(asked, await self.core.edit_question(ANN, edit))

    async def regenerate(self, run: Run) -> Run:
        model = self.world.new_model()
        again = Regeneration(conversation_id=run.conversation_id, message_id=run.answer_id, model=model)
        return await self.core.regenerate_answer(ANN, again)

    async def read(self, run: Run, *, after: int = 0, events: int | None = None) -> Reading:
        """Read on to the end, or leave after so many events."""
        reading = Reading(run, after)
        self.world.readings.append(reading)
        await self.read_on(reading, events=events)
        return reading

    async def read_on(self, reading: Reading, *, events: int | None = None) -> None:
        """Come back with the cursor that one has."""
        _, batches = await self.core.follow_run(ANN, reading.run.id, after=reading.cursor)
        async for batch in batches:
            reading.seen += batch if events is None else batch[: events - len(reading.seen)]
            if events is not None and len(reading.seen) >= events:
                await batches.aclose()
                return
        reading.is_done = True

    def _told(self, asked: Asked, run: Run) -> Run:
        known = asked.run
        if known and known.conversation_id in self.world.database.tables.conversations:
            assert known.id == run.id, f"{asked} became another run: {run}"
        asked.run = run
        return run


async def recovered(world: World) -> None:
    """With another server everything ends soon and well, everybody sees the end, and every conversation goes on."""
    await asyncio.sleep(LEASE)
    to_be_cancelled = {run.id for run in await world.runs() if run.status.is_active and run.cancel_requested}
    server = await world.start()
    await put_right(server)
    for run in await world.runs():
        well = (RunStatus.CANCELLED,) if run.id in to_be_cancelled else (RunStatus.CANCELLED, RunStatus.COMPLETED)
        assert run.status in well, run
    await server.spawn(server.core.loop.stop(drain_seconds=10))
    await world.check_at_rest()
    server.process.die()
    await server.process.gone()


async def put_right(server: Server) -> None:
    """People come back with what they know, and go on."""
    world = server.world
    for asked in [asked for asked in world.asked if asked.key]:
        await server.spawn(server.ask(asked=asked))
    async with asyncio.timeout(SOON):
        await asyncio.gather(*(server.spawn(server.read(run)) for run in await world.runs()))
    await asyncio.gather(*(server.spawn(server.read_on(reading)) for reading in world.readings if not reading.is_done))
    for run in await world.runs():
        for after in range(run.last_event + 1):
            await server.spawn(server.read(run, after=after))
    await world.check_at_rest()
    for conversation_id in {run.conversation_id for run in await world.runs()}:
        await server.spawn(server.read(await server.spawn(server.ask(conversation_id))))
    await world.check_at_rest()
