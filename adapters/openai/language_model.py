"""The language models of any OpenAI-compatible server, through its chat completions."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

from adapters.http.answer import Answer
from adapters.http.failures import Rejected
from adapters.openai.reader import ChatReader
from adapters.openai.request import Manners, body_of, has_calls
from adapters.openai.server import CALL_IDS, OpenAIServer
from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.errors import ProviderAnswerInvalid, ProviderFailure

TAIL_SECONDS = 5.0
"""How long usage and the end of the stream may take once the finish reason is there."""


class OpenAILanguageModel(LanguageModel):
    """Streams every answer. What a server will not take (`stream_options`, `max_tokens`, a `temperature`, long ids of
    calls) is asked for once, then left out or spelt its way for good; the answer says when a wish was left out.

    `reasoning_back` is the field in which the server wants to see again what its models reasoned, if it does.
    """

    def __init__(self, server: OpenAIServer, *, models: Sequence[str] = (), reasoning_back: str | None = None) -> None:
        self._server = server
        self._address = server.address("chat/completions")
        self._models = tuple(f"{server.provider}:{name}" for name in models)
        self._reasoning_back = reasoning_back
        self._takes_stream_options = True
        self._manners: dict[str, Manners] = {}

    def models(self) -> tuple[str, ...]:
        return self._models

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        answer, manners = await self._open(request)
        try:
            reader = ChatReader(request.model, self._server.translate, reasoning_back=self._reasoning_back)
            self._check(answer)
            while not reader.done:
                data = await self._read(answer, reader)
                if batch := reader.feed(data) if data else reader.end():
                    yield _reporting(batch, request, manners) if manners.left_out else batch
                if reader.failure:
                    raise reader.failure
            await answer.drain()
        finally:
            await answer.aclose()

    async def _open(self, request: ModelRequest) -> tuple[Answer, Manners]:
        while True:
            manners = self._manners_for(request.model)
            try:
                return await self._server.post(self._address, body_of(request, manners)), manners
            except Rejected as refusal:
                self._learn(request, refusal.names)
                if self._manners_for(request.model) == manners:
                    raise

    def _manners_for(self, model: str) -> Manners:
        return replace(self._manners.get(model, Manners()), stream_options=self._takes_stream_options)

    def _learn(self, request: ModelRequest, complaints: frozenset[str]) -> None:
        known = self._manners.get(request.model, Manners())
        wishes = {name for name in ("temperature", "top_p") if getattr(request, name) is not None}
        if "stream_options" in complaints:
            self._takes_stream_options = False
        self._manners[request.model] = replace(
            known,
            completion_tokens=known.completion_tokens
            or ("max_completion_tokens" in complaints and request.max_tokens is not None),
            short_call_ids=known.short_call_ids or bool(complaints & CALL_IDS and has_calls(request)),
            left_out=known.left_out | (wishes & complaints),
        )

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


def _reporting(batch: list[ModelEvent], request: ModelRequest, manners: Manners) -> list[ModelEvent]:
    """The last batch says which wishes were left out."""
    if not isinstance(last := batch[-1], ModelFinished):
        return batch
    dropped = tuple(name for name in sorted(manners.left_out) if getattr(request, name) is not None)
    return [*batch[:-1], replace(last, dropped=dropped)]
