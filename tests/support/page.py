"""A page with `useChat`, as far as the server sees it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from tests.support.app import Parley
from tests.support.ui_stream import UIMessage, chunks_of, message_of


@dataclass
class Page:
    """`messages` is what it shows. Every question gets a name that the page chooses."""

    app: Parley
    id: str = "chat"
    messages: list[UIMessage] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    _asked: int = 0

    @property
    def url(self) -> str:
        return f"/ai-sdk/chat/{quote(self.id, safe='')}"

    def question(self, text: str) -> UIMessage:
        self._asked += 1
        return {"id": f"q{self._asked}", "role": "user", "parts": [{"type": "text", "text": text}]}

    async def post(self, **body: Any) -> httpx2.Response:
        """The request as it is, whatever comes of it."""
        said = {"id": self.id, "messages": self.messages, "trigger": "submit-message", **self.more, **body}
        return await self.app.http.post("/ai-sdk/chat", json=said)

    async def leave(self, *, after: str) -> None:
        """Send what there is to send, and cut the connection when that was read."""
        body = {"id": self.id, "messages": self.messages, **self.more}
        async with self.app.http.stream("POST", "/ai-sdk/chat", json=body) as response:
            assert response.status_code == 200
            lines = response.aiter_lines()
            while after not in await anext(lines):
                pass

    async def ask(self, text: str, **body: Any) -> UIMessage:
        """The answer, read to its end."""
        self.messages.append(self.question(text))
        return await self.answered(**body)

    async def edit(self, place: int, text: str) -> UIMessage:
        self.messages[place:] = [{**self.messages[place], "parts": [{"type": "text", "text": text}]}]
        return await self.answered(messageId=self.messages[place]["id"])

    async def regenerate(self, place: int | None = None) -> UIMessage:
        """Of an answer, or of the last message."""
        named = {} if place is None else {"messageId": self.messages[place]["id"]}
        last = len(self.messages) - 1 if place is None else place
        del self.messages[last if self.messages[last]["role"] == "assistant" else last + 1 :]
        return await self.answered(trigger="regenerate-message", **named)

    async def give_outputs(self, *outputs: Any) -> UIMessage:
        """Of the calls that wait, in their order."""
        last = self.messages[-1]
        waiting = [part for part in last["parts"] if part.get("state") == "input-available"]
        for part, output in zip(waiting, outputs, strict=False):
            part.update(state="output-available", output=output)
        return await self.answered(messageId=last["id"])

    async def answered(self, **body: Any) -> UIMessage:
        response = await self.post(**body)
        assert response.status_code == 200, response.text
        before = self.messages[-1] if self.messages[-1]["role"] == "assistant" else None
        answer = message_of(chunks_of(response.text), before)
        if before:
            assert answer["id"] == before["id"]
            self.messages.pop()
        self.messages.append(answer)
        return answer

    async def stored(self) -> list[UIMessage]:
        """What the page would hold after a reload."""
        response = await self.app.http.get(self.url)
        assert response.status_code == 200, response.text
        messages: list[UIMessage] = response.json()
        return messages

    async def reloaded(self) -> "Page":
        return Page(self.app, self.id, await self.stored(), self.more)

    @property
    def texts(self) -> list[str]:
        return [text_of(message) for message in self.messages]


def text_of(message: UIMessage) -> str:
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")
