"""One run of chaos from the first start to the verdict."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from tests.chaos.history import History
from tests.chaos.judge import judge
from tests.chaos.nemesis import HEALTHY, Nemesis
from tests.chaos.people import Person
from tests.chaos.visitor import PATIENCE_SECONDS, Visitor
from tests.support.cluster import Replica, replicas
from tests.support.fragile_postgres import FragilePostgres
from tests.support.provider import ScriptedProvider

LEASE_SECONDS = 2.0
CUT_OFF = "Task cancelled, timeout graceful shutdown exceeded"
GRACE_SECONDS = LEASE_SECONDS + 60
POOL = 5
PEOPLE = 8
NAME = "nightingale"
SECRETS = {"the provider's key": "sk-chaos-never-print-this", "the database's password": "chaos-password"}
FILES_OVER_BASE = 2 * POOL + 4  # connections that a pool keeps once it has opened them


@dataclass(slots=True, eq=False)
class World:
    seed: str
    postgres: FragilePostgres
    provider: ScriptedProvider
    replicas: list[Replica]
    http: httpx2.AsyncClient
    history: History = field(default_factory=History)

    async def rage(self, seconds: float) -> None:
        """Everybody at once for so long; then everything is healed, and everybody has gone home."""
        stop = asyncio.Event()
        conversations: list[int] = []
        nemesis = Nemesis(self.seed, LEASE_SECONDS, self.replicas, self.postgres, self.provider, self.history)
        async with asyncio.TaskGroup() as group:
            for number in range(PEOPLE):
                person = Person(f"{NAME}{number}", self.visitor(str(number), conversations))
                group.create_task(person.live(stop))
            group.create_task(nemesis.rage(stop))
            await asyncio.sleep(seconds)
            stop.set()

    async def verdict(self) -> list[str]:
        """What is wrong, after a lease and a minute, as the machine may be busy."""
        deadline = time.monotonic() + GRACE_SECONDS
        reader = self.visitor("reader", [])
        runs = sorted(self.history.runs)
        ended = await asyncio.gather(*(reader.see_to_the_end(run, seconds=GRACE_SECONDS) for run in runs))
        dumb = [
            f"replica {replica.name} does not answer" for replica in self.replicas if not await self._answers(replica)
        ]
        late = [f"run {run} has not ended" for run, is_over in zip(runs, ended, strict=True) if not is_over]
        await self.http.aclose()
        patience = max(deadline - time.monotonic(), LEASE_SECONDS)
        found = await judge(self.history, self.postgres.database, self.provider.calls, patience_seconds=patience)
        return [*dumb, *late, *found, *await self._left_open(deadline), *self._printed()]

    async def _answers(self, replica: Replica) -> bool:
        ask = self.history.ask(f"{NAME} is asked whether {replica.name} is well")
        try:
            answer = await self.http.post(f"{replica.url}/chat", json=ask.body)
        except httpx2.TransportError:
            return False
        return answer.status_code == 200 and answer.json()["reply"] == ask.text

    def visitor(self, name: str, conversations: list[int]) -> Visitor:
        return Visitor(random.Random(f"{self.seed} {name}"), self.replicas, self.history, conversations, self.http)

    async def _left_open(self, deadline: float) -> list[str]:
        """What has not come back to where it was, by the deadline."""
        while True:
            left = [f"{self.provider.open_calls} calls to the provider"] if self.provider.open_calls else []
            if (clients := await self.postgres.clients()) > len(self.replicas) * (POOL + 2):
                left.append(f"{clients} connections to the database")
            left += [
                f"{replica.open_files} files of replica {replica.name} ({replica.files_at_start} at its start)"
                for replica in self.replicas
                if replica.open_files > replica.files_at_start + FILES_OVER_BASE
            ]
            if not left or time.monotonic() > deadline:
                return [f"still open: {each}" for each in left]
            await asyncio.sleep(0.2)

    def _printed(self) -> list[str]:
        """Secrets, words of people and tracebacks in what the replicas printed.

        A reader whom a stopping server could not tell to come back, because its database was away, is cut off with a
        traceback of uvicorn's.
        """
        forbidden = {**SECRETS, "a question": NAME}
        found = [(r, what) for r in self.replicas for what, words in forbidden.items() if words in r.printed]
        found += [(r, "a traceback") for r in self.replicas if r.printed.count("Traceback") > r.printed.count(CUT_OFF)]
        return [f"replica {replica.name} printed {what}" for replica, what in found]


@asynccontextmanager
async def world(seed: str) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(ScriptedProvider(HEALTHY))
        postgres = await stack.enter_async_context(FragilePostgres(password=SECRETS["the database's password"]))
        environment = {
            "DATABASE_URL": postgres.database,
            "OPENAI_API_KEY": SECRETS["the provider's key"],
            "OPENAI_BASE_URL": provider.url,
            "PARLEY_MODEL": "openai:scripted",
            "PARLEY_DATABASE_POOL": str(POOL),
            "PARLEY_DRAIN_SECONDS": "1",
            "PARLEY_FIRST_BYTE_SECONDS": "2",
            "PARLEY_IDLE_SECONDS": "1",
            "PARLEY_PROVIDER_ATTEMPTS": "1",
            "PARLEY_BREAKER_FAULTS": "10000",  # every question is to reach the provider, whatever became of the last
            "PARLEY_WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        pair = await stack.enter_async_context(replicas(2, **environment))
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=20)
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=PATIENCE_SECONDS, limits=limits))
        yield World(seed, postgres, provider, pair, http)


@dataclass(frozen=True, slots=True)
class Report:
    seed: str
    history: History
    wrong: Sequence[str]
    printed: dict[str, str]

    def __str__(self) -> str:
        asked = len(self.history.asks)
        acknowledged = sum(1 for _ in self.history.acknowledged)
        lines = [
            f"seed      {self.seed}",
            f"asked     {asked} questions, {acknowledged} acknowledged, {len(self.history.shown)} runs read",
            f"answered  {_counted(self.history.answered)}; slowest refusal {self.history.slowest_refusal:.1f} s",
            f"injected  {_counted(self.history.injected)}",
            *(f"WRONG     {each}" for each in self.wrong),
        ]
        return "\n".join(lines)


def _counted(counter: dict[str, int]) -> str:
    return ", ".join(f"{what} x{times}" for what, times in sorted(counter.items()))


async def chaos(seconds: float, seed: str) -> Report:
    async with world(seed) as here:
        await here.rage(seconds)
        wrong = await here.verdict()
        return Report(seed, here.history, wrong, {replica.name: replica.printed for replica in here.replicas})
