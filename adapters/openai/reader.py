"""What a streamed answer says, read after read."""

from adapters.http.failures import Translator
from adapters.http.sse import EventTooLong, SseSplitter
from adapters.openai.chat import Delta, chunk_of, usage_of, words_in
from adapters.openai.thought import Thought
from adapters.openai.tool_calls import CallReader
from application.ports.language_model import ModelEvent, ModelFinished
from domain.errors import ProviderAnswerInvalid, ProviderFailure
from domain.run import ReasoningDelta, TextDelta
from domain.usage import Usage

DONE = b"[DONE]"
LONGEST_NAME = 200


class ChatReader:
    """Turns bytes into events. `failure` is why nothing more will come; what was read before it is given first.

    With the finish reason the answer is whole: after it only text, usage and the end are taken from the stream, and
    nothing that goes wrong can spoil it any more.
    """

    def __init__(self, model: str, translate: Translator, *, reasoning_back: str | None = None) -> None:
        self.done = False
        self.finish_reason: str | None = None
        self.failure: ProviderFailure | None = None
        self._model = model
        self._usage: Usage | None = None
        self._splitter = SseSplitter()
        self._translate = translate
        self._events: list[ModelEvent] = []
        self._kind: type[TextDelta | ReasoningDelta] = TextDelta
        self._pieces: list[str] = []
        self._origin = (translate.provider, model)
        self._calls: CallReader | None = None
        self._thought = Thought(*self._origin, reasoning_back)
        self._refused = False

    def feed(self, data: bytes) -> list[ModelEvent]:
        """The events that these bytes complete: one batch, maybe empty. ModelFinished comes with [DONE]."""
        try:
            return self._batch(self._splitter.feed(data))
        except EventTooLong as error:
            self._fail(str(error))
            return []

    def end(self) -> list[ModelEvent]:
        """The stream has ended, without [DONE]: its rest, and ModelFinished if there was a finish reason."""
        payloads = self._splitter.close()
        if self._splitter.foreign:
            self._fail("it is not an event stream")
        return self._batch([*payloads, DONE])

    def _batch(self, payloads: list[bytes]) -> list[ModelEvent]:
        for data in payloads:
            if data == DONE:
                self.done = True
                break
            self._take(data)
            if self.failure:
                break
        self._flush()
        events, self._events = self._events, []
        if self.done and self.finish_reason is not None:
            events.append(ModelFinished(self._reason(), self._model, self._usage, self._refused))
        return events

    def _reason(self) -> str:
        """Some servers say `stop` although they called tools."""
        reason = self.finish_reason or ""
        return "tool_calls" if self._calls and reason == "stop" else reason

    def _take(self, data: bytes) -> None:
        try:
            chunk = chunk_of(data)
        except (ValueError, RecursionError):
            self._fail("an event of the stream is not the JSON of a chunk")
            return
        if chunk.error and self.finish_reason is None:
            self.failure = self._translate.of_error(chunk.error)
        for choice in chunk.choices or ():
            if choice.delta:
                self._hear(choice.delta, chunk.id)
            if choice.finish_reason:
                self._end_thought()
                self.finish_reason = choice.finish_reason[:LONGEST_NAME]
        if chunk.usage:
            self._usage = usage_of(chunk.usage)
        if chunk.model:
            self._model = chunk.model[:LONGEST_NAME]

    def _hear(self, delta: Delta, answer_id: str | None) -> None:
        text = delta.content
        if isinstance(text, list):
            text, thoughts = words_in(text)
            self._say(ReasoningDelta, thoughts)
        self._say(ReasoningDelta, delta.reasoning_content or delta.reasoning)
        if delta.reasoning_details:
            self._thought.hear_details(delta.reasoning_details)
        self._say(TextDelta, text or delta.refusal)
        if delta.refusal:
            self._refused = True
        if delta.tool_calls:
            self._end_thought()
            self._flush()
            self._calls = self._calls or CallReader(*self._origin)
            self._events.extend(self._calls.read(delta.tool_calls, answer_id))

    def _say(self, kind: type[TextDelta | ReasoningDelta], text: str | None) -> None:
        if text:
            if kind is ReasoningDelta:
                self._thought.hear_text()
            else:
                self._end_thought()
            if kind is not self._kind:
                self._flush()
                self._kind = kind
            self._pieces.append(text)

    def _end_thought(self) -> None:
        if state := self._thought.take():
            self._flush()
            self._events.append(ReasoningDelta("", state))

    def _flush(self) -> None:
        if self._pieces:
            self._events.append(self._kind("".join(self._pieces)))
            self._pieces.clear()

    def _fail(self, why: str) -> None:
        if self.finish_reason is None:
            self.failure = ProviderAnswerInvalid(self._translate.provider, why)
