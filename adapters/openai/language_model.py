"""The language models of any OpenAI-compatible server, through its chat completions."""

from collections.abc import AsyncGenerator, Sequence

from adapters.http.answer import Answer
from adapters.http.failures import Rejected
from adapters.openai.reader import ChatReader
from adapters.openai.request import body_of
from adapters.openai.server import OpenAIServer
from application.ports.language_model import LanguageModel, ModelEvent, ModelRequest
from domain.errors import ProviderAnswerInvalid, ProviderFailure

TAIL_SECONDS = 5.0
"""How long usage and the end of the stream may take once the finish reason is there."""


class OpenAILanguageModel(LanguageModel):
    """Streams every answer. What a server will not take (`stream_options`, `max_tokens`) is asked for once, then
    left out or spelt its way for good."""

    def __init__(self, server: OpenAIServer, *, models: Sequence[str] = ()) -> None:
        self._server = server
        self._address = server.address("chat/completions")
        self._models = tuple(f"{server.provider}:{name}" for name in models)
        self._takes_stream_options = True
        self._wants_completion_tokens: set[str] = set()

    def models(self) -> tuple[str, ...]:
        return self._models

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        answer = await self._open(request)
        try:
            reader = ChatReader(request.model, self._server.translate)
            self._check(answer)
            while not reader.done:
                data = await self._read(answer, reader)
                if batch := reader.feed(data) if data else reader.end():
                    yield batch
                if reader.failure:
                    raise reader.failure
            await answer.drain()
        finally:
            await answer.aclose()

    async def _open(self, request: ModelRequest) -> Answer:
        while True:
            manners = self._manners(request)
            body = body_of(request, stream_options=manners[0], completion_tokens=manners[1])
            try:
                return await self._server.post(self._address, body)
            except Rejected as refusal:
                if "stream_options" in refusal.names:
                    self._takes_stream_options = False
                if "max_completion_tokens" in refusal.names and request.max_tokens is not None:
                    self._wants_completion_tokens.add(request.model)
                if self._manners(request) == manners:
                    raise

    def _manners(self, request: ModelRequest) -> tuple[bool, bool]:
        return self._takes_stream_options, request.model in self._wants_completion_tokens

    def _check(self, answer: Answer) -> None:
        kind = answer.headers.get("content-type", "text/event-stream")
        if "event-stream" not in kind.lower():
            raise ProviderAnswerInvalid(self._server.provider, "it is not an event stream")

    async def _read(self, answer: Answer, reader: ChatReader) -> bytes:
        """Once there is a finish reason, the end of the stream is the end, however it comes about."""
        if reader.finish_reason is None:
            return await answer.read()
        try:
            return await answer.read(idle_seconds=TAIL_SECONDS)
        except ProviderFailure:
            return b""
