"""Server-sent events (WHATWG HTML, section 9.2): every event has an id, and data is JSON, so on one line."""

from collections.abc import AsyncGenerator, AsyncIterable, Mapping

import msgspec

from application.ports.language_model import ModelEvent, ModelFinished
from domain.citation import SourceCited, SourcesChecked
from domain.conversation import text_of
from domain.errors import Refusal
from domain.run import AnswerReset, NumberedEvent, Run, RunFinished, TextDelta
from entrypoints.http.problems import refusal_body, run_problem_body
from entrypoints.http.sources import source_object, sources_of

MEDIA_TYPE = "text/event-stream"
HEARTBEAT = b": still here\n\n"
_encode = msgspec.json.Encoder().encode


def frame(event: str, id: str | int, data: bytes) -> bytes:
    return b"event: %b\nid: %b\ndata: %b\n\n" % (event.encode(), str(id).encode(), data)


async def stored(run: Run, batches: AsyncIterable[list[NumberedEvent]], request_id: str) -> AsyncGenerator[bytes, None]:
    """`token` events, then `done` with `[DONE]` (or one `error`); the id is `run-number`, enough to come back with.

    At a `reset` the answer begins anew with that token. Of an answer from documents each `source` comes before the
    text that first cites it, and all `sources` once more at the end, with their quotes. The first token has the ids of
    the conversation and the run.
    """
    ids: dict[str, object] = {}
    try:
        async for batch in batches:
            if batch[0].number == 1:
                ids = {"conversation_id": run.conversation_id, "run_id": run.id}
            piece = b""
            for numbered in batch:
                piece += _frame_of(run, numbered, request_id, ids)
                ids = {} if isinstance(numbered.event, TextDelta) else ids
            if piece:
                yield piece
    except Refusal as refusal:  # no id: the reader comes back with the last one that it has
        yield b"event: error\ndata: %b\n\n" % _encode(refusal_body(refusal, request_id))


def _frame_of(run: Run, numbered: NumberedEvent, request_id: str, ids: Mapping[str, object]) -> bytes:
    event, id = numbered.event, f"{run.id}-{numbered.number}"
    if isinstance(event, TextDelta):
        return frame("token", id, _encode({"token": event.text, **ids}))
    if isinstance(event, AnswerReset):
        return frame("reset", id, _encode({"token": text_of(event.parts), **sources_of(event.parts)}))
    if isinstance(event, SourceCited):
        return frame("source", id, _encode(source_object(event.citation)))
    if isinstance(event, SourcesChecked):
        return frame("sources", id, _encode([source_object(citation) for citation in event.citations]))
    if isinstance(event, RunFinished) and event.problem:
        return frame("error", id, _encode(run_problem_body(run, event.problem, request_id)))
    return frame("done", id, b"[DONE]") if isinstance(event, RunFinished) else b""


async def stateless(batches: AsyncIterable[list[ModelEvent]], request_id: str) -> AsyncGenerator[bytes, None]:
    """The same for an answer that is not stored; its ids say only that the answer has begun."""
    number = 0
    try:
        async for batch in batches:
            piece = b""
            for event in batch:
                number += 1
                if isinstance(event, TextDelta):
                    piece += frame("token", f"stateless-{number}", _encode({"token": event.text}))
                elif isinstance(event, ModelFinished):
                    piece += frame("done", f"stateless-{number}", b"[DONE]")
            yield piece
    except Refusal as refusal:
        yield frame("error", f"stateless-{number + 1}", _encode(refusal_body(refusal, request_id)))
