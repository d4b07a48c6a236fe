"""The language models of Anthropic, through its Messages API."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace

import msgspec

from adapters.anthropic.reader import MessageReader
from adapters.anthropic.request import LASTING, body_of, conceded, must_call
from adapters.anthropic.server import AnthropicServer
from adapters.http.answer import Answer
from adapters.http.failures import Rejected
from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.errors import ProviderAnswerInvalid, ProviderFailure

TAIL_SECONDS = 5.0
"""How long the end of the stream may take once the stop reason is there."""
MOST_TOKENS = 16_000
"""Of an answer without a limit by a model of which none is known; every model of today takes it."""
REPORTED = {"thoughts": "reasoning", "temperature": "temperature", "top_p": "top_p", "forced": "tool_choice"}
"""The concessions that the caller is told of, and as what."""


class AnthropicLanguageModel(LanguageModel):
    """Streams every answer. What a model will not take (`temperature`, thoughts whose signature does not hold any more)
    is left out of a second request, and the answer says so. `output_tokens` are the longest answers of models by name.
    """

    def __init__(
        self,
        server: AnthropicServer,
        *,
        models: Sequence[str] = (),
        output_tokens: Mapping[str, int | None] | None = None,
    ) -> None:
        self._server = server
        self._address = server.address("v1/messages")
        self._models = tuple(f"{server.provider}:{name}" for name in models)
        self._output_tokens = output_tokens or {}
        self._never_takes: defaultdict[str, frozenset[str]] = defaultdict(frozenset)

    def models(self) -> tuple[str, ...]:
        return self._models

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        answer, without = await self._open(request)
        try:
            reader = MessageReader(self._server.provider, request.model, self._server.translate)
            self._check(answer)
            while not reader.done:
                data = await self._read(answer, reader)
                if batch := reader.feed(data) if data else reader.end():
                    yield _reporting(batch, request, without)
                if reader.failure:
                    raise reader.failure
            await answer.drain()
        finally:
            await answer.aclose()

    async def _open(self, request: ModelRequest) -> tuple[Answer, frozenset[str]]:
        without = self._never_takes[request.model]
        most_tokens = self._output_tokens.get(request.model) or MOST_TOKENS
        while True:
            body = body_of(request, most_tokens=most_tokens, without=without)
            try:
                return await self._server.post(self._address, msgspec.json.encode(body)), without
            except Rejected as refusal:
                concession = conceded(body, refusal.names)
                if concession is None:
                    raise
                without |= {concession}
                self._never_takes[request.model] |= LASTING & {concession}

    def _check(self, answer: Answer) -> None:
        kind = answer.headers.get("content-type", "text/event-stream")
        if "event-stream" not in kind.lower():
            raise ProviderAnswerInvalid(self._server.provider, "it is not an event stream")

    async def _read(self, answer: Answer, reader: MessageReader) -> bytes:
        """Once there is a stop reason, the end of the stream is the end, however it comes about."""
        if reader.stop_reason is None:
            return await answer.read()
        try:
            return await answer.read(idle_seconds=TAIL_SECONDS)
        except ProviderFailure:
            return b""


def _reporting(batch: list[ModelEvent], request: ModelRequest, without: frozenset[str]) -> list[ModelEvent]:
    """The last batch says what was left out of what was asked for."""
    last = batch[-1]
    if not (without and isinstance(last, ModelFinished)):
        return batch
    asked = {
        "thoughts": True,
        "temperature": request.temperature is not None,
        "top_p": request.top_p is not None,
        "forced": bool(request.tools) and must_call(request),
    }
    dropped = tuple(REPORTED[name] for name in sorted(without & set(REPORTED)) if asked[name])
    return [*batch[:-1], replace(last, dropped=dropped)]
