"""How one asks, reads and comes back; all that is told is noted."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection

from tests.chaos.history import Ask, History, shown_in_event, shown_in_line
from tests.support.cluster import Replica

PATIENCE_SECONDS = 30.0
NOTHING_STORED = frozenset({404, 409, 422})
FOR_EVER = 10**6

Told = dict[str, Any]


@dataclass(slots=True, eq=False)
class Visitor:
    chance: random.Random
    replicas: list[Replica]
    history: History
    conversations: list[int]
    http: httpx2.AsyncClient
    leaves_after: tuple[int, ...] = (1, 3, 10, 30, FOR_EVER)
    runs: list[int] = field(default_factory=list)

    def anywhere(self) -> str:
        return self.chance.choice(self.replicas).url

    def patience(self) -> int:
        """How many events one reads before one leaves."""
        return self.chance.choice(self.leaves_after)

    async def request(self, method: str, path: str, **more: Any) -> tuple[int, Told]:
        began = time.monotonic()
        response = await self.http.request(method, self.anywhere() + path, **more)
        return response.status_code, self._note(response, began)

    async def post(self, ask: Ask, path: str, body: Told) -> None:
        """Ask and wait for the whole answer, or for the run."""
        ask.tries += 1
        status, told = await self.request("POST", path, json=ask.body | body, headers=_key(ask))
        run_id = told.get("id") if status == 202 else told.get("run_id")
        if status in NOTHING_STORED:
            self.history.refuse(ask)
        elif run_id:
            self._acknowledge(ask, run_id, told.get("conversation_id"))
        if told.get("status") == "completed" and told.get("reply", ask.text) != ask.text:
            self.history.wrong.append(f"run {run_id} answered {told['reply'][:60]!r} to {ask.text[:60]!r}")

    async def stream(self, ask: Ask, body: Told) -> None:
        """Ask, read a while, and come back until the answer has ended or patience has."""
        ask.tries += 1
        request: Told = {"json": ask.body | body, "headers": _key(ask)}
        cursor: int | None = 0
        began = time.monotonic()
        with suppress(httpx2.TransportError):
            async with self.http.stream("POST", f"{self.anywhere()}/chat/stream", **request) as response:
                if response.status_code == 200:
                    self.history.answered["200"] += 1
                    cursor = await self._read_lines(objects(response.aiter_lines()), ask)
                else:
                    await response.aread()
                    self._refused(ask, response.status_code, self._note(response, began))
        if ask.run_id and cursor is not None:
            await self.follow(ask.run_id, cursor)

    async def hear(self, socket: ClientConnection, ask: Ask, cursors: dict[int, int]) -> None:
        """The frames of a turn, after what the socket still has to say of those before it (`cursors`)."""
        earlier, most = set(cursors), self.patience()
        while ask.outcome == "unknown" or most > 0:
            most -= 1
            frame = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
            run_id = frame.get("run_id")
            if "seq" not in frame:
                self._count(frame)
                self._refused(ask, frame.get("status", 0), frame)
                return
            if run_id not in earlier:
                self._acknowledge(ask, run_id, frame["conversation_id"])
            shown = shown_in_line(frame)
            self.history.show(run_id, frame["seq"], shown, after=cursors.get(run_id, 0))
            cursors[run_id] = frame["seq"]
            if shown.kind == "end" and run_id not in earlier:
                return

    async def follow(self, run_id: int, after: int) -> None:
        """Come back with the cursor, to any replica, and leave again."""
        for _ in range(self.chance.randint(1, 5)):
            ended, after = await self.look(run_id, after, most=self.patience())
            if ended:
                return

    async def see_to_the_end(self, run_id: int, *, seconds: float) -> bool:
        """Whether the run ended in that time; from the beginning, by as many looks as it takes."""
        after, deadline = 0, time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended, after = await self.look(run_id, after, most=FOR_EVER)
            if ended:
                return True
            await asyncio.sleep(0.1)
        return False

    async def look(self, run_id: int, after: int, *, most: int) -> tuple[bool, int]:
        """The next events at some replica: whether that was the end, and the cursor."""
        began = time.monotonic()
        with suppress(httpx2.TransportError):
            async with self.http.stream("GET", f"{self.anywhere()}/runs/{run_id}/events?after={after}") as response:
                if response.status_code != 200:
                    await response.aread()
                    self._note(response, began, wrong={404, 422})
                    return False, after
                async for event in objects(response.aiter_lines()):
                    shown = shown_in_event(event)
                    self.history.show(run_id, event["seq"], shown, after=after)
                    after, most = event["seq"], most - 1
                    if shown.kind == "end" or most <= 0:
                        return shown.kind == "end", after
        return False, after

    async def _read_lines(self, lines: AsyncIterator[Told], ask: Ask) -> int | None:
        """The cursor at which one left; None after the end."""
        after, most = 0, self.patience()
        async for line in lines:
            if "run_id" in line:
                self._acknowledge(ask, line["run_id"], line["conversation_id"])
            if "seq" not in line:  # one has to come back
                self._count(line["error"])
                return after
            assert ask.run_id
            shown = shown_in_line(line)
            self.history.show(ask.run_id, line["seq"], shown, after=after)
            after, most = int(line["seq"]), most - 1
            if shown.kind == "end":
                return None
            if most <= 0:
                return after
        return after

    def _refused(self, ask: Ask, status: int, told: Told) -> None:
        """A run that failed before its first word has a question all the same."""
        if status in NOTHING_STORED:
            self.history.refuse(ask)
        elif "run_id" in told:
            self._acknowledge(ask, told["run_id"], told.get("conversation_id"))

    def _acknowledge(self, ask: Ask, run_id: int, conversation_id: int | None) -> None:
        self.history.acknowledge(ask, run_id)
        if run_id not in self.runs:
            self.runs.append(run_id)
        if conversation_id and conversation_id not in self.conversations:
            self.conversations.append(conversation_id)

    def _note(self, response: httpx2.Response, began: float, wrong: Collection[int] = ()) -> Told:
        """What was answered, as an object; a status that must never be is noted."""
        status = response.status_code
        if status >= 500:
            self.history.slowest_refusal = max(self.history.slowest_refusal, time.monotonic() - began)
        self.history.answered[str(status)] += 1
        if status == 500 or status in wrong:
            self.history.wrong.append(f"{response.request.url.path} was answered {status}: {response.text[:300]}")
        told = response.json() if response.content else {}
        return told if isinstance(told, dict) else {}

    def _count(self, problem: Told) -> None:
        self.history.answered[str(problem.get("status"))] += 1
        if problem.get("status") == 500:
            self.history.wrong.append(f"an error said {problem}")


async def objects(lines: AsyncIterator[str]) -> AsyncIterator[Told]:
    """One a line; the last may be half a line, which does not count."""
    async for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            return


def _key(ask: Ask) -> dict[str, str]:
    return {"Idempotency-Key": ask.key} if ask.key else {}
