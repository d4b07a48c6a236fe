"""People who ask all the time while something happens to the database, and what must hold for them."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.chaos.history import History
from tests.chaos.judge import judge
from tests.chaos.visitor import FOR_EVER, Visitor
from tests.support.app import until
from tests.support.cluster import Replica
from tests.support.provider import ScriptedProvider

PEOPLE = 6
LEASE_SECONDS = 2.0
BOUND_SECONDS = 30  # 5 for a connection and 4 for a statement, and much for a busy machine
WORDS = 25
LONG = 400_000


@dataclass(slots=True, eq=False)
class Load:
    """People who ask for streams all the time, each in a conversation of their own, and read every answer whole."""

    server: Replica
    http: httpx2.AsyncClient
    history: History
    database_url: str
    provider: ScriptedProvider

    async def person(self, number: int) -> None:
        visitor = self.visitor(number)
        for turn in range(10**6):
            where = {"conversation_id": visitor.conversations[0]} if visitor.conversations else {}
            words = " ".join(f"p{number}.{turn}.{word}" for word in range(WORDS))
            ask = self.history.ask(words)
            with suppress(httpx2.TransportError):
                await visitor.stream(ask, where)
            if ask.run_id is None:
                await asyncio.sleep(0.1)

    def visitor(self, number: int) -> Visitor:
        return Visitor(random.Random(number), [self.server], self.history, [], self.http, leaves_after=(FOR_EVER,))

    @property
    def answers(self) -> int:
        """How many people have read to the end."""
        return sum(events[max(events)].kind == "end" for events in self.history.shown.values())

    async def until_more_answers(self, count: int) -> None:
        enough = self.answers + count
        await until(lambda: self.answers >= enough, seconds=90)

    async def refuses(self) -> dict[str, Any]:
        """What a new question is told, in time, while the process stays alive and says that it is not ready."""
        question = self.history.ask(f"Is anybody there, {random.random()}?")
        asked, live, ready = await asyncio.gather(
            timed(self.http.post(f"{self.server.url}/chat", json=question.body)),
            timed(self.http.get(f"{self.server.url}/health/live")),
            timed(self.http.get(f"{self.server.url}/health/ready")),
        )
        assert (live.status_code, ready.status_code, asked.status_code) == (200, 503, 503)
        assert "database" in ready.json()["detail"]
        assert "retry-after" in asked.headers
        problem: dict[str, Any] = asked.json()
        return problem

    async def is_full(self, status: int) -> None:
        """Questions are refused for want of room, soon, and everything that is stored can be read."""
        async with asyncio.timeout(120):
            while (refused := await self._asked(random.randbytes(LONG // 2).hex())).status_code == 200:
                pass
        assert refused.status_code == status, refused.text
        assert refused.json()["code"] in ("storage_full", "storage_unavailable")
        for path in ("/health/live", "/conversations", "/conversations/1/messages", "/runs/1", "/runs/1/events"):
            assert (await timed(self.http.get(self.server.url + path))).status_code == 200
        await until(self._is_not_ready, seconds=BOUND_SECONDS)

    async def _asked(self, question: str) -> httpx2.Response:
        """The answer as far as its head, or a refusal whole."""
        body = self.history.ask(question).body
        async with self.http.stream("POST", f"{self.server.url}/chat/stream", json=body) as response:
            if response.status_code != 200:
                await response.aread()
            return response

    async def works(self) -> None:
        """Everything is as if nothing had been, in the same process, also for questions that are asked only now."""
        await until(self._is_ready, seconds=BOUND_SECONDS)
        await self.until_more_answers(2 * PEOPLE)

    async def _is_not_ready(self) -> bool:
        return (await self.http.get(f"{self.server.url}/health/ready")).status_code == 503

    async def _is_ready(self) -> bool:
        return (await self.http.get(f"{self.server.url}/health/ready")).status_code == 200


async def timed(request: Any) -> httpx2.Response:
    async with asyncio.timeout(BOUND_SECONDS):
        response: httpx2.Response = await request
    return response


@asynccontextmanager
async def load(server: Replica, database_url: str, provider: ScriptedProvider) -> AsyncIterator[Load]:
    """While it is held there is load; then everybody reads to the end and the judge has found nothing."""
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(timeout=90, limits=limits) as http:
        under = Load(server, http, History(), database_url, provider)
        people = [asyncio.create_task(under.person(number)) for number in range(PEOPLE)]
        try:
            await under.until_more_answers(PEOPLE)
            yield under
        finally:
            for person in people:
                person.cancel()
            await asyncio.gather(*people, return_exceptions=True)
        reader = under.visitor(PEOPLE)
        ended = await asyncio.gather(*(reader.see_to_the_end(run, seconds=90) for run in under.history.runs))
        assert all(ended)
        assert under.history.slowest_refusal < BOUND_SECONDS
        assert await judge(under.history, database_url, provider.calls, patience_seconds=LEASE_SECONDS + 60) == []
        assert "Traceback" not in server.printed, server.printed
