"""NDJSON: one JSON object a line."""

from collections.abc import AsyncGenerator, AsyncIterable

import msgspec

from application.ports.language_model import ModelEvent, ModelFinished
from domain.citation import SourceCited, SourcesChecked
from domain.conversation import text_of
from domain.errors import Refusal
from domain.run import AnswerReset, NumberedEvent, Run, RunFinished, RunStatus, TextDelta
from entrypoints.compat import compat_of
from entrypoints.http.problems import refusal_body, run_problem_body
from entrypoints.http.sources import source_object, sources_of

MEDIA_TYPE = "application/x-ndjson"
_encode = msgspec.json.Encoder().encode
DONE = b'{"done":true}\n'


def line(value: object) -> bytes:
    return _encode(value) + b"\n"


async def stored(run: Run, batches: AsyncIterable[list[NumberedEvent]], request_id: str) -> AsyncGenerator[bytes, None]:
    """`{"token", "seq"}` lines, the first also with `conversation_id` and `run_id`; then `{"done": true, "seq"}`.

    A run that ends with a problem ends in `{"error": {problem}, "seq"}` instead; a reader who has to come back later
    gets an error without a `seq`. With `"reset": true` the answer begins anew with that token.

    Of an answer from documents each source comes as `{"source"}` before the text that first cites it, and at the end
    all of them once more with their quotes as `{"sources"}`.
    """
    first: dict[str, object] = {"conversation_id": run.conversation_id, "run_id": run.id}
    try:
        async for batch in batches:
            piece = b""
            for numbered in batch:
                fields = _fields(run, numbered, request_id)
                if fields:
                    piece += line({**fields, "seq": numbered.number, **first})
                    first = {}
            if piece:
                yield piece
    except Refusal as refusal:
        yield line({"error": refusal_body(refusal, request_id)})


def _fields(run: Run, numbered: NumberedEvent, request_id: str) -> dict[str, object] | None:
    event = numbered.event
    if isinstance(event, TextDelta):
        return {"token": event.text}
    if isinstance(event, AnswerReset):
        return {"token": text_of(event.parts), "reset": True, **sources_of(event.parts)}
    if isinstance(event, SourceCited):
        return {"source": source_object(event.citation)}
    if isinstance(event, SourcesChecked):
        return {"sources": [source_object(citation) for citation in event.citations]}
    if isinstance(event, RunFinished):
        if event.problem:
            return {"error": run_problem_body(run, event.problem, request_id)}
        return {"done": True, **ending(event)}
    return None


def ending(event: RunFinished) -> dict[str, object]:
    """What is worth saying of an ending that is not simply a whole answer."""
    how = {} if event.status is RunStatus.COMPLETED else {"status": event.status, "finish_reason": event.finish_reason}
    return {**how, **compat_of(event.dropped)}


async def stateless(batches: AsyncIterable[list[ModelEvent]], request_id: str) -> AsyncGenerator[bytes, None]:
    """`{"token"}` lines, then `{"done": true}`; or an `{"error": {problem}}` line and no done."""
    try:
        async for batch in batches:
            piece = b"".join(line({"token": event.text}) for event in batch if isinstance(event, TextDelta))
            if isinstance(batch[-1], ModelFinished):
                piece += DONE
            yield piece
    except Refusal as refusal:
        yield line({"error": refusal_body(refusal, request_id)})
