"""Chat completions handed on as they are."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import msgspec

from adapters.http.answer import Answer
from adapters.http.failures import Rejected
from adapters.http.json_text import checked_json
from adapters.openai.chat import usage_of
from adapters.openai.language_model import TAIL_SECONDS
from adapters.openai.passing import PassingStream
from adapters.openai.server import OpenAIServer
from application.ports.chat_relay import ChatRelay, RelayNotes
from domain.errors import ProviderAnswerInvalid, ProviderFailure

ANSWER_BYTES = 64 * 1024 * 1024


class Whole(msgspec.Struct):
    choices: list[Any] | None = None
    error: Any = None
    usage: dict[str, Any] | None = None


DECODER = msgspec.json.Decoder(Whole)


class OpenAIChatRelay(ChatRelay):
    """Nothing is left out or spelt differently for a server that will not take it: that is for the caller to know."""

    def __init__(self, server: OpenAIServer) -> None:
        self._server = server
        self._address = server.address("chat/completions")
        self._takes_stream_options = True

    async def stream(
        self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None
    ) -> AsyncGenerator[bytes, None]:
        answer, hidden = await self._open({**body, "model": model}, wants_usage=notes is not None)
        try:
            if "event-stream" not in answer.headers.get("content-type", "text/event-stream").lower():
                raise self._invalid("it is not an event stream")
            passing = PassingStream(self._server.translate, choices=body.get("n") or 1, notes=notes, hides_usage=hidden)
            while not passing.done:
                data = await (_tail_of(answer) if passing.whole else answer.read())
                if events := passing.feed(data) if data else passing.end():
                    yield events
                if passing.failure:
                    raise passing.failure
            await answer.drain()
        finally:
            await answer.aclose()

    async def _open(self, body: Mapping[str, Any], *, wants_usage: bool) -> tuple[Answer, bool]:
        """The answer, and whether its usage was asked for on our own account. Who has asked has it in any case."""
        options = body.get("stream_options") or {}
        hidden = wants_usage and self._takes_stream_options and not options.get("include_usage")
        if hidden:
            try:
                more = {"stream_options": {**options, "include_usage": True}}
                return await self._server.post(self._address, msgspec.json.encode({**body, **more})), True
            except Rejected as refusal:
                if options or "stream_options" not in refusal.names:
                    raise
                self._takes_stream_options = False
        return await self._server.post(self._address, msgspec.json.encode(body)), False

    async def whole(self, body: Mapping[str, Any], *, model: str, notes: RelayNotes | None = None) -> bytes:
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
        if notes:
            notes.usage = usage_of(whole.usage) if whole.usage else None
            notes.characters, notes.is_whole = len(raw), True
        return raw

    def _invalid(self, why: str) -> ProviderAnswerInvalid:
        return ProviderAnswerInvalid(self._server.provider, why)


async def _tail_of(answer: Answer) -> bytes:
    """Once every choice has its finish reason, the end of the stream is the end, however it comes about."""
    try:
        return await answer.read(idle_seconds=TAIL_SECONDS)
    except ProviderFailure:
        return b""
