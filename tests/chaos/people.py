"""People who use the replicas as impatiently as people do."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.chaos.history import Ask
from tests.chaos.responses import respond
from tests.chaos.visitor import Told, Visitor

TRIES = 4
NEWEST = 8
MOST_WORDS = 60


@dataclass(slots=True, eq=False)
class Person:
    """Does one thing after another. Every question is unlike any other, and the provider answers with the question."""

    name: str
    visitor: Visitor
    _asked: int = 0

    async def live(self, stop: asyncio.Event) -> None:
        ways = [self.stream, self.stream, self.whole, self.repeat, self.talk, self.respond, self.respond,
                self.stop_one, self.branch, self.look]  # fmt: skip
        while not stop.is_set():
            with suppress(httpx2.TransportError):
                await self.visitor.chance.choice(ways)()
            await asyncio.sleep(self.visitor.chance.uniform(0, 0.3))

    async def stream(self) -> None:
        await self.visitor.stream(self._new_ask(), self._where())

    async def whole(self) -> None:
        ask = self._new_ask()
        await self.visitor.post(ask, "/chat", self._where())

    async def repeat(self) -> None:
        """The same request again and again, with one key, wherever it lands."""
        ask, where = self._new_ask(key=True), self._where()
        streamed = self.visitor.chance.random() < 0.5
        for _ in range(TRIES):
            at_once = self.visitor.chance.choice([1, 1, 2])
            tries = [self._try(ask, where, streamed=streamed) for _ in range(at_once)]
            await asyncio.gather(*tries)
            if ask.outcome != "unknown" and self.visitor.chance.random() < 0.5:
                return

    async def _try(self, ask: Ask, where: Told, *, streamed: bool) -> None:
        with suppress(httpx2.TransportError):
            if streamed:
                await self.visitor.stream(ask, where)
            else:
                await self.visitor.post(ask, "/chat", where)

    async def talk(self) -> None:
        """Turns over a WebSocket, left, stopped or interrupted in the middle."""
        url = self.visitor.anywhere().replace("http", "ws") + "/ws/chat"
        with suppress(WebSocketException, OSError, TimeoutError):
            async with connect(url, open_timeout=30, close_timeout=1) as socket:
                cursors: dict[int, int] = {}
                for _ in range(self.visitor.chance.randint(1, 3)):
                    ask = self._new_ask()
                    ask.tries += 1
                    where = self.visitor.chance.choice([*self.visitor.conversations[-NEWEST:], "new"])
                    await socket.send(json.dumps(ask.body | {"conversation_id": where}))
                    await self.visitor.hear(socket, ask, cursors)
                    if self.visitor.chance.random() < 0.2:
                        await socket.send('{"type": "stop"}')

    async def respond(self) -> None:
        await respond(self.visitor, self._new_ask())

    async def stop_one(self) -> None:
        if self.visitor.runs:
            await self.visitor.request("POST", f"/runs/{self.visitor.chance.choice(self.visitor.runs[-5:])}/cancel")

    async def branch(self) -> None:
        """Ask an earlier question differently, or have it answered once more."""
        if not self.visitor.conversations:
            return
        id = self.visitor.chance.choice(self.visitor.conversations[-NEWEST:])
        _, told = await self.visitor.request("GET", f"/conversations/{id}/messages?limit=6")
        questions = [message for message in told.get("messages", []) if message["role"] == "user"]
        if not questions:
            return
        question = self.visitor.chance.choice(questions)
        path = f"/conversations/{id}/messages/{question['id']}"
        if self.visitor.chance.random() < 0.5:
            ask = self._new_ask(key=self.visitor.chance.random() < 0.5)
            await self.visitor.post(ask, f"{path}/edit", {})
        else:
            model = self.visitor.history.ask_again(question["content"])
            status, told = await self.visitor.request("POST", f"{path}/regenerate", json={"model": model})
            if status == 202:
                await self.visitor.follow(told["id"], 0)

    async def look(self) -> None:
        await self.visitor.request("GET", self.visitor.chance.choice(["/conversations", "/conversations?q=mark"]))

    def _new_ask(self, *, key: bool = False) -> Ask:
        self._asked += 1
        count = self.visitor.chance.randint(3, MOST_WORDS)
        text = " ".join(f"{self.name}{self._asked}.{number}" for number in range(count))
        return self.visitor.history.ask(text, keyed=key)

    def _where(self) -> Told:
        """A new conversation, or any that somebody began, whoever answers there."""
        conversations = self.visitor.conversations[-NEWEST:]
        if not conversations or self.visitor.chance.random() < 0.3:
            return {}
        how = self.visitor.chance.choice([{}, {"if_busy": "queue"}, {"if_busy": "queue"}, {"if_busy": "interrupt"}])
        return {"conversation_id": self.visitor.chance.choice(conversations), **how}
