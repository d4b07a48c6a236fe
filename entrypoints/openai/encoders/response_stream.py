"""A response's events, as they come or again, and as server-sent events."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Sequence

import msgspec

from application.ports.language_model import ModelEvent, ModelFinished
from domain.errors import Refusal
from domain.run import REFUSAL, WHOLE, NumberedEvent, Problem, RunEvent, RunFinished, RunStatus
from entrypoints.openai.encoders.chunks import DONE, error_event
from entrypoints.openai.encoders.response import Heading
from entrypoints.openai.encoders.responses import ResponseFold, WireEvent

LAST = frozenset({"error", "response.completed", "response.incomplete", "response.failed"})
_encode = msgspec.json.Encoder().encode


def replayed(heading: Heading, log: Sequence[NumberedEvent], *, after: int = -1) -> list[WireEvent]:
    """The events numbered above `after` of a run that has ended.

    Where the log's deltas are no longer kept, a reader who has seen some of them gets the ended response alone, with
    the next number.
    """
    events = [numbered.event for numbered in log]
    if log and log[0].number > 1 and after >= 0:
        last = [event for event in ResponseFold(heading).feed(events) if event["type"] in LAST]
        return [{**event, "sequence_number": number} for number, event in enumerate(last, after + 1)]
    fold = ResponseFold(heading, after=after)
    return [*fold.open(), *fold.feed(events)]


async def stored(
    batches: AsyncIterable[list[NumberedEvent]], heading: Heading, *, after: int = -1
) -> AsyncGenerator[list[WireEvent], None]:
    """The events numbered above `after` of a run that is followed from the first event of its log."""
    fold = ResponseFold(heading, after=after)
    yield fold.open()
    async for batch in batches:
        yield fold.feed(numbered.event for numbered in batch)


async def again(
    batches: AsyncIterable[list[NumberedEvent]], heading: Heading, *, after: int = -1
) -> AsyncGenerator[list[WireEvent], None]:
    """The same of a run that has ended: all that is left of its log is read first."""
    log = [numbered async for batch in batches for numbered in batch]
    yield replayed(heading, log, after=after)


async def stateless(
    batches: AsyncIterable[list[ModelEvent]], heading: Heading
) -> AsyncGenerator[list[WireEvent], None]:
    """The same for an answer that is not stored; what goes wrong is its ending."""
    fold = ResponseFold(heading)
    yield fold.open()
    try:
        async for batch in batches:
            yield fold.feed(map(as_logged, batch))
    except Refusal as refusal:
        yield fold.feed([RunFinished(RunStatus.FAILED, problem=Problem.of(refusal))])


def as_logged(event: ModelEvent) -> RunEvent:
    """What a model says, as a run's log would have it."""
    if not isinstance(event, ModelFinished):
        return event
    status = RunStatus.COMPLETED if event.reason in WHOLE else RunStatus.INCOMPLETE
    reason = REFUSAL if event.refused else event.reason
    return RunFinished(status, reason, None, event.usage, event.answered_by, event.dropped)


async def framed(batches: AsyncIterable[list[WireEvent]], request_id: str) -> AsyncGenerator[bytes, None]:
    """Server-sent events, then `[DONE]`.

    A reader who has to come back later (its server stops) gets an error that has no number, and no `[DONE]`.
    """
    try:
        async for events in batches:
            if events:
                yield frames(events)
        yield DONE
    except Refusal as refusal:
        yield b"event: error\n" + error_event(refusal, request_id)


def frames(events: Iterable[WireEvent]) -> bytes:
    return b"".join([b"event: %b\ndata: %b\n\n" % (event["type"].encode(), _encode(event)) for event in events])
