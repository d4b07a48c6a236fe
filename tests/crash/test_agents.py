"""An agent's server that dies, or that the store fails, at any effect: no effect of a tool is silently repeated."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import pytest

from adapters.memory.database import MemoryDatabase
from adapters.memory.signals import LocalSignals
from application.agents.call_tools import key_of
from application.ports.run_log import LogEntry, RunLog
from domain.approval import ApprovalReason, ApprovalStatus
from domain.conversation import ToolCall, ToolResult
from domain.errors import StorageUnavailable
from domain.run import NumberedEvent, Run, RunId, RunStatus, WorkerId
from domain.tool import ApprovalRule
from tests.support.agent_model import AgentModel, calls, says
from tests.support.core import ANN, LEASE_SECONDS, Core
from tests.support.everything import everything
from tests.support.mortal_ports import MortalDatabase, MortalModel, MortalTools
from tests.support.mortal_process import Fate, MortalProcess
from tests.support.oracle import Oracle
from tests.support.scripted_tools import ScriptedTools
from tests.support.virtual_time import LoopClock, run_virtually

STEPS = (
    calls(("read", '{"x": 1}'), ("write", '{"x": 2}'), text="First. "),
    calls(("pay", '{"x": 3}'), ("write", '{"x": 4}'), text="Then. "),
    says("Done."),
)
TEXT = "First. Then. Done."


@dataclass(frozen=True)
class SlowRunLog(RunLog):
    """A log whose disk takes its time, so that a tool which does not wait for it comes first."""

    log: RunLog

    async def write(self, entries: Sequence[LogEntry]) -> set[RunId]:
        await asyncio.sleep(0.01)
        return await self.log.write(entries)

    async def read(self, run_id: RunId, *, after: int, limit: int) -> list[NumberedEvent]:
        return await self.log.read(run_id, after=after, limit=limit)

    async def forget(self, *, older_than_seconds: float, limit: int) -> int:
        return await self.log.forget(older_than_seconds=older_than_seconds, limit=limit)


@dataclass
class Office:
    """What outlives every process: the store, the tools with their effects, and a person at a desk."""

    clock: LoopClock = field(default_factory=LoopClock)
    signals: LocalSignals = field(default_factory=LocalSignals)
    tools: ScriptedTools = field(default_factory=ScriptedTools)
    started: int = 0

    def __post_init__(self) -> None:
        self.database = MemoryDatabase(now=self.clock, alone=False)
        self.database.run_log = SlowRunLog(self.database.run_log)
        self.desk = Core(clock=self.clock, database=self.database, signals=self.signals, tools=self.tools)
        self.tools.add("read", is_idempotent=True)
        self.tools.add("write")
        self.tools.add("pay", approval=ApprovalRule.ALWAYS)

    async def start(self, fate: Fate | None = None) -> tuple[MortalProcess, Core]:
        self.started += 1
        process = MortalProcess(f"server {self.started}", fate or Fate())
        core = Core(
            clock=self.clock,
            database=MortalDatabase(process, self.database),  # type: ignore[arg-type]
            signals=self.signals,
            model=MortalModel(process, AgentModel(STEPS)),  # type: ignore[arg-type]
            tools=MortalTools(process, self.tools),  # type: ignore[arg-type]
            id=WorkerId(process.name),
            poll_seconds=1.0,
        )
        await asyncio.wait({process.spawn(core.loop.start())})
        return process, core

    async def decide(self) -> None:
        """Allow what the tool asks for; what may have been done already is not done again."""
        while True:
            page, _ = await self.desk.list_approvals(ANN, status=ApprovalStatus.PENDING, before=None, limit=10)
            for approval in page:
                approved = approval.request.reason is ApprovalReason.REQUIRED
                await self.desk.decide_approval(ANN, approval.id, approved=approved)
            await asyncio.sleep(0.3)

    async def ended(self) -> list[Run]:
        """The runs, once each has ended."""
        async with asyncio.timeout(10 * LEASE_SECONDS):
            while any(run.status.is_active for run in self.database.tables.runs.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.5)
        return list(self.database.tables.runs.values())


async def work(core: Core) -> None:
    """Start a session and follow its run to the end."""
    session = await core.start_session(ANN, prompt="Do it")
    run = (await core.get_session(ANN, session)).run
    assert run
    await core.follow(run.id)


async def play(fate: Fate) -> None:
    """A session on a server that meets its fate, and what another server makes of it."""
    office = Office()
    process, core = await office.start(fate)
    person = asyncio.create_task(office.decide())
    working = process.spawn(work(core))
    await asyncio.wait({working}, timeout=20)
    if not process.is_dead and working.done() and not isinstance(working.exception(), StorageUnavailable):
        working.result()
    if fate.what == "dies":
        process.die()
        await process.gone()
        await asyncio.sleep(LEASE_SECONDS + 1)
        process, core = await office.start()
    runs = await office.ended()
    person.cancel()
    await check(office, runs)
    process.die()
    await process.gone()


async def check(office: Office, runs: list[Run]) -> None:
    Oracle(Counter(), lambda model: {TEXT}).check_at_rest(await everything(office.database), [], [])
    effects = Counter(invocation.idempotency_key for invocation in office.tools.effects)
    for run in runs:
        assert run.status is RunStatus.COMPLETED
        answer = await office.desk.stored_answer(run)
        made = [part for part in answer.parts if isinstance(part, ToolCall)]
        came = {part.call_id: part.content for part in answer.parts if isinstance(part, ToolResult)}
        assert {call.id for call in made} == came.keys()
        assert len(made) == 4
        for call in made:
            times = effects[key_of(run, call)]
            if "may have been carried out" in came[call.id]:
                assert call.name != "read"
                assert times <= 1
            else:
                assert came[call.id].startswith("done"), came
                assert times == 1 or (call.name == "read" and times == 2)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["dies", "fails"])
def test_no_effect_of_a_tool_is_silently_repeated(
    what: Literal["dies", "fails"], when: Literal["before", "after"]
) -> None:
    most = run_virtually(effects_of_a_whole_session())
    assert most > 15
    for at in range(2 if what == "fails" else 1, most + 1):
        try:
            run_virtually(play(Fate(at, when, what)))
        except BaseException as error:
            error.add_note(f"the server {what} {when} its effect {at}")
            raise


async def effects_of_a_whole_session() -> int:
    """How many effects an undisturbed server has, beats left out: they come with time."""
    office = Office()
    process, core = await office.start()
    person = asyncio.create_task(office.decide())
    await process.spawn(work(core))
    person.cancel()
    await check(office, await office.ended())
    assert all(times == 1 for times in Counter(i.idempotency_key for i in office.tools.effects).values())
    number = len(process.effects)
    process.die()
    await process.gone()
    return number
