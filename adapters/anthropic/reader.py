"""What a streamed message says, read after read."""

from typing import Any

import msgspec

from adapters.anthropic.wire import Block, Delta, Event, event_of
from adapters.http.failures import Translator
from adapters.http.json_text import count_in, detail_in
from adapters.http.sse import EventTooLong, SseSplitter
from application.ports.language_model import ModelEvent, ModelFinished
from domain.conversation import ProviderState
from domain.errors import ProviderAnswerInvalid, ProviderFailure
from domain.run import ReasoningDelta, TextDelta
from domain.tool import ToolCallDelta
from domain.usage import Usage

LONGEST_NAME = 200
DECLINED = "The model declined to answer."
REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}
INPUT_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class MessageReader:
    """Turns bytes into events. `failure` is why nothing more will come; what was read before it is given first.

    With the stop reason the answer is whole, and nothing that goes wrong after it can spoil it. What the provider wants
    back of its thoughts is tagged with `provider` and `model`.
    """

    def __init__(self, provider: str, model: str, translate: Translator) -> None:
        self.done = False
        self.stop_reason: str | None = None
        self.failure: ProviderFailure | None = None
        self._origin = (provider, model)
        self._model = model
        self._usage: dict[str, Any] = {}
        self._splitter = SseSplitter()
        self._translate = translate
        self._events: list[ModelEvent] = []
        self._blocks: dict[int | None, Block] = {}
        self._calls: dict[int | None, int] = {}
        self._explanation: str | None = None
        self._has_said = False

    def feed(self, data: bytes) -> list[ModelEvent]:
        """The events that these bytes complete: one batch, maybe empty. ModelFinished comes with `message_stop`."""
        try:
            return self._batch(self._splitter.feed(data))
        except EventTooLong as error:
            self._fail(str(error))
            return []

    def end(self) -> list[ModelEvent]:
        """The stream has ended without `message_stop`: its rest, and ModelFinished if there was a stop reason."""
        payloads = self._splitter.close()
        if self._splitter.foreign:
            self._fail("it is not an event stream")
        batch = self._batch(payloads)
        if not self.done and not self.failure:
            self.done = True
            batch += self._finished()
        return batch

    def _batch(self, payloads: list[bytes]) -> list[ModelEvent]:
        for data in payloads:
            self._take(data)
            if self.done or self.failure:
                break
        events, self._events = self._events, []
        return events + self._finished() if self.done else events

    def _finished(self) -> list[ModelEvent]:
        """The proof, behind what a refusal leaves to be said."""
        if self.stop_reason is None:
            return []
        usage = self._read_usage()
        if self.stop_reason != "refusal":
            reason = REASONS.get(self.stop_reason, self.stop_reason)
            return [ModelFinished(reason, self._model, usage)]
        if self._has_said:  # stopped amid its words: what was said is no answer, and says no reason either
            return [ModelFinished("content_filter", self._model, usage)]
        why = self._explanation or DECLINED
        return [TextDelta(why), ModelFinished("stop", self._model, usage, refused=True)]

    def _take(self, data: bytes) -> None:
        try:
            event = event_of(data)
        except (ValueError, RecursionError):
            self._fail("an event of the stream is not the JSON of one")
            return
        match event.type:
            case "content_block_delta" if event.delta:
                self._hear(event.delta, event.index)
            case "content_block_start" if event.content_block:
                self._begin(event.content_block, event.index)
            case "content_block_stop":
                self._close(event.index)
            case "message_start" | "message_delta":
                self._head(event)
            case "message_stop":
                self.done = True
            case "error" if self.stop_reason is None:
                self.failure = self._translate.of_error(event.error)

    def _head(self, event: Event) -> None:
        if event.message:
            self._model = (event.message.model or self._model)[:LONGEST_NAME]
            self._note(event.message.usage)
        self._note(event.usage)
        if event.delta and event.delta.stop_reason:
            self.stop_reason = event.delta.stop_reason[:LONGEST_NAME]
            self._explanation = event.delta.stop_details.explanation if event.delta.stop_details else None

    def _begin(self, block: Block, index: int | None) -> None:
        self._blocks[index] = block
        match block.type:
            case "text":
                self._say(block.text)
            case "thinking":
                self._think(block.thinking)
            case "redacted_thinking":
                self._events.append(ReasoningDelta("", self._state({"type": block.type, "data": block.data})))
            case "tool_use":
                number = self._calls[index] = len(self._calls)
                self._has_said = True
                self._events.append(ToolCallDelta(number, block.id or f"call_{number}", block.name or ""))

    def _hear(self, delta: Delta, index: int | None) -> None:
        match delta.type:
            case "text_delta":
                self._say(delta.text)
            case "thinking_delta":
                self._think(delta.thinking)
            case "signature_delta" if block := self._blocks.get(index):
                block.signature = (block.signature or "") + (delta.signature or "")
            case "input_json_delta" if index in self._calls and delta.partial_json:
                self._blocks[index].input = None  # which is told in pieces
                self._events.append(ToolCallDelta(self._calls[index], arguments=delta.partial_json))

    def _close(self, index: int | None) -> None:
        block = self._blocks.get(index)
        if block is None:
            return
        if block.type == "thinking" and block.signature:
            self._events.append(ReasoningDelta("", self._state({"type": "thinking", "signature": block.signature})))
        elif block.type == "tool_use" and block.input is not None:
            whole = msgspec.json.encode(block.input).decode()
            self._events.append(ToolCallDelta(self._calls[index], arguments=whole))

    def _say(self, text: str | None) -> None:
        if text:
            self._has_said = True
            if self._events and isinstance(last := self._events[-1], TextDelta):
                self._events[-1] = TextDelta(last.text + text)
            else:
                self._events.append(TextDelta(text))

    def _think(self, text: str | None) -> None:
        if text:
            self._events.append(ReasoningDelta(text))

    def _state(self, data: dict[str, Any]) -> ProviderState:
        provider, model = self._origin
        return ProviderState(provider, data, model)

    def _note(self, usage: dict[str, Any] | None) -> None:
        """Later counts are sums and take the place of earlier ones."""
        self._usage |= {name: value for name, value in (usage or {}).items() if value is not None}

    def _read_usage(self) -> Usage | None:
        if not self._usage:
            return None
        fresh, written, cached = (count_in(self._usage, name) for name in INPUT_COUNTS)
        return Usage(
            fresh + written + cached,
            count_in(self._usage, "output_tokens"),
            self._usage,
            cached_tokens=cached,
            cache_write_tokens=written,
            reasoning_tokens=detail_in(self._usage, "output_tokens_details", "thinking_tokens"),
        )

    def _fail(self, why: str) -> None:
        if self.stop_reason is None:
            self.failure = ProviderAnswerInvalid(self._translate.provider, why)
