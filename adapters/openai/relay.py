"""Chat completions handed on as they are."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import msgspec

from adapters.http.answer import Answer
from adapters.http.json_text import checked_json
from adapters.openai.language_model import TAIL_SECONDS
from adapters.openai.passing import PassingStream
from adapters.openai.server import OpenAIServer
from application.ports.chat_relay import ChatRelay
from domain.errors import ProviderAnswerInvalid, ProviderFailure

ANSWER_BYTES = 64 * 1024 * 1024


class Whole(msgspec.Struct):
    choices: list[Any] | None = None
    error: Any = None


DECODER = msgspec.json.Decoder(Whole)


class OpenAIChatRelay(ChatRelay):
    """Nothing is left out or spelt differently for a server that will not take it: that is for the caller to know."""

    def __init__(self, server: OpenAIServer) -> None:
        self._server = server
        self._address = server.address("chat/completions")

    async def stream(self, body: Mapping[str, Any], *, model: str) -> AsyncGenerator[bytes, None]:
        answer = await self._server.post(self._address, msgspec.json.encode({**body, "model": model}))
        try:
            if "event-stream" not in answer.headers.get("content-type", "text/event-stream").lower():
                raise self._invalid("it is not an event stream")
            passing = PassingStream(self._server.translate, choices=body.get("n") or 1)
            while not passing.done:
                data = await (_tail_of(answer) if passing.whole else answer.read())
                if events := passing.feed(data) if data else passing.end():
                    yield events
                if passing.failure:
                    raise passing.failure
            await answer.drain()
        finally:
            await answer.aclose()

    async def whole(self, body: Mapping[str, Any], *, model: str) -> bytes:
        """The first byte may take as long as the whole call: none comes before the answer is whole."""
        request = msgspec.json.encode({**body, "model": model})
        seconds = self._server.limits.total_seconds
        answer = await self._server.post(self._address, request, first_byte_seconds=seconds)
        try:
            raw = await answer.read_all(at_most_bytes=ANSWER_BYTES)
        finally:
            await answer.aclose()
        try:
            whole, raw = checked_json(DECODER, raw)
        except (ValueError, RecursionError):
            raise self._invalid("it is not the JSON of a chat completion") from None
        if whole.error:
            raise self._server.translate.of_error(whole.error)
        if not whole.choices:
            raise self._invalid("it has no choice")
        return raw

    def _invalid(self, why: str) -> ProviderAnswerInvalid:
        return ProviderAnswerInvalid(self._server.provider, why)


async def _tail_of(answer: Answer) -> bytes:
    """Once every choice has its finish reason, the end of the stream is the end, however it comes about."""
    try:
        return await answer.read(idle_seconds=TAIL_SECONDS)
    except ProviderFailure:
        return b""
