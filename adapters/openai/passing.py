"""A streamed answer on its way from a provider to a reader who knows its words: looked at, not taken apart."""

from collections.abc import Iterator
from typing import Any

import msgspec

from adapters.http.failures import Translator
from adapters.http.json_text import checked_json
from adapters.http.sse import EventTooLong, SseSplitter
from adapters.openai.chat import usage_of
from application.ports.chat_relay import RelayNotes
from domain.errors import ProviderAnswerInvalid, ProviderFailure

DONE = b"[DONE]"


class PassingDelta(msgspec.Struct, gc=False):
    content: Any = None
    reasoning_content: Any = None
    tool_calls: Any = None


class PassingChoice(msgspec.Struct, gc=False):
    index: int | None = None
    finish_reason: str | None = None
    delta: PassingDelta | None = None


class PassingChunk(msgspec.Struct, gc=False):
    choices: list[PassingChoice] | None = None
    error: object = None
    usage: dict[str, Any] | None = None


DECODER = msgspec.json.Decoder(PassingChunk)


class PassingStream:
    """Gives each event on with its data unchanged; comments and the other fields of an event are dropped, and so is the
    event with the usage alone, if it `hides_usage`, for which the reader has not asked.

    `failure` is why nothing more will come; what was read before it is given first. When each of the `choices` that
    were asked for has its finish reason the answer is `whole`, and nothing that goes wrong can spoil it any more.
    """

    def __init__(
        self,
        translate: Translator,
        *,
        choices: int = 1,
        notes: RelayNotes | None = None,
        hides_usage: bool = False,
    ) -> None:
        self.done = False
        self.failure: ProviderFailure | None = None
        self._translate = translate
        self._choices = choices
        self._notes = notes or RelayNotes()
        self._hides_usage = hides_usage
        self._splitter = SseSplitter()
        self._unfinished: set[int | None] = set()
        self._finished: set[int | None] = set()

    @property
    def whole(self) -> bool:
        return len(self._finished) >= self._choices and not self._unfinished

    def feed(self, data: bytes) -> bytes:
        """The whole events that these bytes complete. `[DONE]` ends the last of a whole answer."""
        try:
            return self._passed(self._splitter.feed(data))
        except EventTooLong as error:
            self._fail(str(error))
            return b"" if self.failure else self._ended(whole=True)

    def end(self) -> bytes:
        """The stream has ended, without `[DONE]`: its rest, and `[DONE]` if the answer is whole."""
        payloads = self._splitter.close()
        if self._splitter.foreign:
            self._fail("it is not an event stream")
        passed = self._passed(payloads)
        return passed if self.done or self.failure else passed + self._ended(whole=self.whole)

    def _passed(self, payloads: list[bytes]) -> bytes:
        passed: list[bytes] = []
        for data in payloads:
            if data == DONE:
                # a server that was asked for several choices, and knows only one, says so by this
                return _events(passed) + self._ended(whole=bool(self._finished) and not self._unfinished)
            if (checked := self._checked(data)) is not None:
                passed.append(checked)
            if self.failure:
                break
        return _events(passed)

    def _ended(self, *, whole: bool) -> bytes:
        self.done = True
        self._notes.is_whole = whole
        if whole:
            return _events([DONE])
        self._fail("the stream ended before the answer was finished")
        return b""

    def _checked(self, data: bytes) -> bytes | None:
        """The data as the reader may have it, None when it may not."""
        try:
            chunk, data = checked_json(DECODER, data)
        except (ValueError, RecursionError):
            self._fail("an event of the stream is not the JSON of a chunk")
            return None
        if chunk.error:
            self.failure = None if self.whole else self._translate.of_error(chunk.error)
            return None
        if chunk.usage:
            self._notes.usage = usage_of(chunk.usage)
            if self._hides_usage and not chunk.choices:
                return None
        for choice in chunk.choices or ():
            if choice.delta:
                self._notes.characters += _characters_of(choice.delta)
            if choice.finish_reason:
                self._finished.add(choice.index)
                self._unfinished.discard(choice.index)
            elif choice.index not in self._finished:
                self._unfinished.add(choice.index)
        return data

    def _fail(self, why: str) -> None:
        if not self.whole:
            self.failure = ProviderAnswerInvalid(self._translate.provider, why)


def _characters_of(delta: PassingDelta) -> int:
    """About: they are counted to have an estimate of what was heard of an answer that is cut."""
    if isinstance(delta.content, str) and not delta.tool_calls:
        return len(delta.content)
    return sum(len(said) if isinstance(said, str) else len(str(said)) for said in _said(delta))


def _said(delta: PassingDelta) -> Iterator[object]:
    return (said for said in (delta.content, delta.reasoning_content, delta.tool_calls) if said)


def _events(payloads: list[bytes]) -> bytes:
    """JSON may have line ends where it may have spaces."""
    return b"".join([b"data: %b\n\n" % (p.replace(b"\n", b" ") if b"\n" in p else p) for p in payloads])
